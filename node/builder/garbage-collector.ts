import type { SegmentRecord } from '../../core/catalog.ts';
import type { MetadataStore } from '../../plugins/metadata/metadata.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';
import type { ObjectStorage } from '../../plugins/storage/storage.ts';
import { DELETES_ROOT } from './delete-file-store.ts';
import { BUILDER_LIMITS } from './limits.ts';
import { SEGMENTS_ROOT } from './segment-store.ts';

export interface GarbageCollectorOptions {
  readonly metadata: Pick<MetadataStore, 'readCatalog' | 'readView' | 'readRetired'>;
  readonly storage: Pick<ObjectStorage, 'list' | 'delete'>;
  readonly logger: PluginLogger;
  readonly nowMs: () => number;
  readonly graceMs: number;
  /** True for an object that this process is about to publish. */
  readonly isActive: (key: string) => boolean;
  /** False while the record of a retired segment is needed: replay of the log must know its id. */
  readonly mayForget: (segment: SegmentRecord) => boolean;
  /** Called before the objects of retired records go. */
  readonly leaving: (segmentIds: readonly number[], deleteFileIds: readonly number[]) => void;
  /** Removes the records, fenced. */
  readonly forget: (segmentIds: readonly number[], deleteFileIds: readonly number[]) => Promise<void>;
  /** Throws unless this writer certainly leads right now. */
  readonly assertLeads: () => void;
}

/** Keys that this house gives; others are nobody's garbage. */
const SEGMENT_KEY = /^segments\/\d+\/\d+-\d+-\d+\//;
const DELETE_FILE_KEY = /^deletes\/\d+\/\d+-\d+\.deletes$/;

/**
 * Frees storage: objects of records that are retired for the grace time, and objects older than the grace time that no record names (an upload that was never
 * published). Objects are listed first and records read second, so that what was published meanwhile is not taken for garbage. Each cycle is bounded.
 */
export class GarbageCollector {
  readonly #options: GarbageCollectorOptions;
  /** When a retired delete file was first seen: their records do not say when they were retired. */
  readonly #seenSinceMs = new Map<number, number>();

  constructor(options: GarbageCollectorOptions) {
    this.#options = options;
  }

  /** Deletes objects of retired records and forgets them. Resolves to the number of records. */
  async forgetRetired(): Promise<number> {
    const { metadata, storage, nowMs, graceMs, mayForget, leaving, forget, assertLeads } = this.#options;
    const retired = await metadata.readRetired(BUILDER_LIMITS.garbageRecordsMax);
    const now = nowMs();
    const segments = retired.segments.filter(
      (segment) => (segment.retiredAtMs ?? now) + graceMs <= now && mayForget(segment),
    );
    for (const { id } of retired.deleteFiles) if (!this.#seenSinceMs.has(id)) this.#seenSinceMs.set(id, now);
    const deleteFiles = retired.deleteFiles.filter(({ id }) => this.#seenSinceMs.get(id)! + graceMs <= now);
    if (segments.length + deleteFiles.length === 0) return 0;
    const segmentIds = segments.map((segment) => segment.id);
    const deleteFileIds = deleteFiles.map((file) => file.id);
    leaving(segmentIds, deleteFileIds);
    const segmentKeys = segments.flatMap(({ prefix, files }) => files.map((file) => prefix + file.name));
    assertLeads();
    await storage.delete([...segmentKeys, ...deleteFiles.map((file) => file.object.name)]);
    await forget(segmentIds, deleteFileIds);
    for (const id of deleteFileIds) this.#seenSinceMs.delete(id);
    return segmentIds.length + deleteFileIds.length;
  }

  /** Deletes old objects that no record names. Resolves to their number. */
  async deleteUnknown(signal: AbortSignal): Promise<number> {
    const { storage, logger, assertLeads } = this.#options;
    const { candidates, seen } = await this.#listCandidates(signal);
    if (candidates.length === 0) return 0;
    const named = await this.#namedPrefixes();
    const unknown = candidates.filter((key) => !named.has(prefixOf(key)));
    if (unknown.length === 0) return 0;
    if (unknown.length > BUILDER_LIMITS.garbageFewObjects && unknown.length > seen * BUILDER_LIMITS.garbageShareMax) {
      const fields = { unknownCount: unknown.length, objectCount: seen };
      logger.error(
        fields,
        'too many objects on storage are unknown to the metadata: none was deleted, is it the right metadata store?',
      );
      return 0;
    }
    assertLeads();
    await storage.delete(unknown);
    logger.info({ objectCount: unknown.length }, 'objects that no record names were deleted');
    return unknown.length;
  }

  /** Old enough, not in use here, and unknown to the metadata as it was before: a first sieve that keeps the list short. */
  async #listCandidates(
    signal: AbortSignal,
  ): Promise<{ readonly candidates: readonly string[]; readonly seen: number }> {
    const { storage, isActive, nowMs, graceMs } = this.#options;
    const named = await this.#namedPrefixes();
    const bornBefore = nowMs() - graceMs;
    const candidates: string[] = [];
    let seen = 0;
    for (const root of [SEGMENTS_ROOT, DELETES_ROOT]) {
      for await (const { key, modifiedAtMs } of storage.list(root)) {
        signal.throwIfAborted();
        seen++;
        const isOurs = SEGMENT_KEY.test(key) || DELETE_FILE_KEY.test(key);
        if (!isOurs || modifiedAtMs > bornBefore || isActive(key) || named.has(prefixOf(key))) continue;
        candidates.push(key);
        if (candidates.length >= BUILDER_LIMITS.garbageObjectsMax) return { candidates, seen };
      }
    }
    return { candidates, seen };
  }

  /** Prefixes of segments and keys of delete files that some record names, live or retired. */
  async #namedPrefixes(): Promise<ReadonlySet<string>> {
    const { metadata } = this.#options;
    const named = new Set<string>();
    // Views before retired records: what is retired in between is found at least once.
    const catalog = await metadata.readCatalog();
    for (const { id } of catalog.collections) {
      const view = await metadata.readView(id);
      for (const segment of view?.segments ?? []) named.add(segment.prefix);
      for (const file of view?.deleteFiles ?? []) named.add(file.object.name);
    }
    const retired = await metadata.readRetired(Number.MAX_SAFE_INTEGER);
    for (const segment of retired.segments) named.add(segment.prefix);
    for (const file of retired.deleteFiles) named.add(file.object.name);
    return named;
  }
}

/** `segments/17/43-2-1/columns.arrow` lies under `segments/17/43-2-1/`; a delete file is its own prefix. */
function prefixOf(key: string): string {
  return SEGMENT_KEY.exec(key)?.[0] ?? key;
}
