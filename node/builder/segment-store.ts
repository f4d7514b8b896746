import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { IndexRecord, SegmentRecord } from '../../core/catalog.ts';
import { BraidError } from '../../core/errors.ts';
import type { CollectionSchema } from '../../core/schema/collection-schema.ts';
import type { ObjectStorage } from '../../plugins/storage/storage.ts';
import { openSealedSegment, type SealedSegment } from '../segment/sealed-segment.ts';
import { fetchSegmentFiles, folderInStorage } from '../segment/segment-files.ts';
import { verifySegmentFiles } from '../segment/verify-segment-files.ts';

/** Everything of segments lies below this on storage. */
export const SEGMENTS_ROOT = 'segments/';

/** A sealed segment that was opened from storage. */
export interface OpenedSegment {
  readonly segment: SealedSegment;
  /** Closes it; reads under way go on. A local copy is removed. */
  release(): Promise<void>;
}

/** Segments to and from shared storage. Prefixes are used once; those in use are known, so that garbage collection leaves them alone. */
export class SegmentStore {
  readonly #storage: ObjectStorage;
  readonly #folder: string;
  readonly #term: number;
  readonly #active = new Set<string>();
  #count = 0;

  constructor(storage: ObjectStorage, folder: string, term: number) {
    this.#storage = storage;
    this.#folder = folder;
    this.#term = term;
  }

  /** Removes what an earlier life left in the local folder. */
  async clean(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    await mkdir(this.#folder, { recursive: true });
  }

  /** A fresh prefix (`segments/<collection>/<segment>-<term>-<n>/`) and a fresh local folder for the files of a segment. */
  begin(collectionId: number, segmentId: number): { readonly prefix: string; readonly folder: string } {
    const name = `${segmentId}-${this.#term}-${++this.#count}`;
    const prefix = `${SEGMENTS_ROOT}${collectionId}/${name}/`;
    this.#active.add(prefix);
    return { prefix, folder: join(this.#folder, `build-${name}`) };
  }

  /** The segment of this prefix is published, or given up. */
  async end(place: { readonly prefix: string; readonly folder: string }): Promise<void> {
    this.#active.delete(place.prefix);
    await rm(place.folder, { recursive: true, force: true });
  }

  /** True for objects of a segment that is being written. */
  isActive(key: string): boolean {
    for (const prefix of this.#active) if (key.startsWith(prefix)) return true;
    return false;
  }

  /** Uploads the files of a record from `folder` and makes sure that they arrived. */
  async put(record: SegmentRecord, folder: string, signal: AbortSignal): Promise<void> {
    for (const file of record.files) {
      signal.throwIfAborted();
      await this.#storage.putFile(record.prefix + file.name, join(folder, file.name));
    }
    await this.#verify(record, signal);
  }

  /** Opens a published segment: in place where storage is a local folder, else from a copy. Every byte is checked before. */
  async open(
    record: SegmentRecord,
    options: { readonly schema: CollectionSchema; readonly indexes: readonly IndexRecord[] },
    signal: AbortSignal,
  ): Promise<OpenedSegment> {
    const inPlace = folderInStorage(this.#storage, record);
    const folder = inPlace ?? join(this.#folder, `copy-${record.id}-${++this.#count}`);
    const removeCopy = async () => {
      if (!inPlace) await rm(folder, { recursive: true, force: true });
    };
    try {
      if (inPlace) await verifySegmentFiles(record, inPlace, signal);
      else await fetchSegmentFiles(this.#storage, record, folder, signal);
      const segment = await openSealedSegment(record, { ...options, folder });
      const release = async () => {
        segment.close();
        await removeCopy();
      };
      return { segment, release };
    } catch (error) {
      await removeCopy();
      throw error;
    }
  }

  /** What a lost or cut upload would leave is found here, before anybody is told of the segment. */
  async #verify(record: SegmentRecord, signal: AbortSignal): Promise<void> {
    const inPlace = folderInStorage(this.#storage, record);
    if (inPlace) return verifySegmentFiles(record, inPlace, signal);
    const lengths = new Map<string, number>();
    for await (const object of this.#storage.list(record.prefix)) lengths.set(object.key, object.byteLength);
    for (const file of record.files) {
      const stored = lengths.get(record.prefix + file.name);
      if (stored === file.byteLength) continue;
      const found = stored === undefined ? 'is missing' : `has ${stored} bytes`;
      const message = `object ${record.prefix}${file.name} ${found} after its upload of ${file.byteLength} bytes`;
      throw new BraidError('storageFailed', message);
    }
  }
}
