import { isDeepStrictEqual } from 'node:util';
import { LRUCache } from 'lru-cache';
import type { CollectionRecord, SegmentRecord } from '../../core/catalog.ts';
import { vectorFields } from '../../core/schema/collection-schema.ts';
import type { ObjectStorage } from '../../plugins/storage/storage.ts';
import { indexOfManifest, MANIFEST_FILE, type VectorManifest } from '../segment/segment-manifest.ts';
import { vectorSettings } from '../segment/vector-settings.ts';
import { WRITER_LIMITS } from './limits.ts';

/** Which sealed segments were written for the indexes their collection has now, as their manifests say. */
export class IndexStates {
  readonly #storage: ObjectStorage;
  /** Why segments could not be rewritten, by segment id. */
  readonly #failures = new LRUCache<number, string>({ max: WRITER_LIMITS.observationsKept });
  readonly #vectors = new LRUCache<number, readonly VectorManifest[]>({ max: WRITER_LIMITS.observationsKept });

  constructor(storage: ObjectStorage) {
    this.#storage = storage;
  }

  /** True when an index of the collection has another metric or structure than the segment, or the segment lacks what a younger function computes. */
  async isOutdated(collection: CollectionRecord, segment: SegmentRecord): Promise<boolean> {
    const { functions } = collection.schema;
    if (functions.some(({ sinceVersion = 0 }) => sinceVersion > segment.schemaVersion)) return true;
    return (await this.outdatedFields(collection, segment)).length > 0;
  }

  /** A segment could not be rewritten; undefined: it was, or may be tried again. */
  noteFailure(segmentId: number, reason: string | undefined): void {
    if (reason === undefined) this.#failures.delete(segmentId);
    else this.#failures.set(segmentId, reason);
  }

  failureOf(segmentId: number): string | undefined {
    return this.#failures.get(segmentId);
  }

  /**
   * Ids of the fields whose index has another metric or structure than the segment. A field without an index never matters, and a segment that is
   * younger than the index (ids grow) was written for it.
   */
  async outdatedFields(collection: CollectionRecord, segment: SegmentRecord): Promise<readonly number[]> {
    const younger = collection.indexes.filter((index) => index.id > segment.id);
    const indexed = vectorFields(collection.schema).filter((field) =>
      younger.some((index) => index.fieldId === field.id),
    );
    if (indexed.length === 0) return [];
    const written = await this.#read(segment);
    const outdated = indexed.filter((field) => {
      const found = written.find((vector) => vector.fieldId === field.id);
      // A field that is younger than the segment has no vectors in it; the index of a sparse field is not in its files.
      if (!found) return false;
      const wanted = vectorSettings(field, collection.indexes);
      return found.metricType !== wanted.metric || !isDeepStrictEqual(indexOfManifest(found), wanted.store.index);
    });
    return outdated.map((field) => field.id);
  }

  async #read(segment: SegmentRecord): Promise<readonly VectorManifest[]> {
    const known = this.#vectors.get(segment.id);
    if (known) return known;
    const bytes = await this.#storage.get(segment.prefix + MANIFEST_FILE);
    const { vectors } = JSON.parse(new TextDecoder().decode(bytes)) as { vectors: readonly VectorManifest[] };
    this.#vectors.set(segment.id, vectors);
    return vectors;
  }
}
