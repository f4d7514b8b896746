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
  readonly #vectors = new LRUCache<number, readonly VectorManifest[]>({ max: WRITER_LIMITS.observationsKept });

  constructor(storage: ObjectStorage) {
    this.#storage = storage;
  }

  /**
   * True when an index of the collection has another metric or structure than the segment. A field without an index never matters, and a segment that is
   * younger than the index (ids grow) was written for it.
   */
  async isOutdated(collection: CollectionRecord, segment: SegmentRecord): Promise<boolean> {
    const younger = collection.indexes.filter((index) => index.id > segment.id);
    const indexed = vectorFields(collection.schema).filter((field) =>
      younger.some((index) => index.fieldId === field.id),
    );
    if (indexed.length === 0) return false;
    const written = await this.#read(segment);
    return indexed.some((field) => {
      const wanted = vectorSettings(field, collection.indexes);
      const found = written.find((vector) => vector.fieldId === field.id);
      // A field that is younger than the segment has no vectors in it.
      if (!found) return false;
      return found.metricType !== wanted.metric || !isDeepStrictEqual(indexOfManifest(found), wanted.store.index);
    });
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
