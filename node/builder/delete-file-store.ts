import { crc32c } from '@node-rs/crc32';
import type { DeleteFileRecord } from '../../core/catalog.ts';
import type { ObjectStorage } from '../../plugins/storage/storage.ts';
import { encodeDeleteFile } from '../segment/delete-file.ts';
import type { DeleteBatch } from '../segment/segment.ts';

/** Everything of delete files lies below this on storage. */
export const DELETES_ROOT = 'deletes/';

/** Writes delete files to shared storage. The name in a record's `object` is the whole key: `deletes/<collection>/<id>-<term>.deletes`. */
export class DeleteFileStore {
  readonly #storage: ObjectStorage;
  readonly #term: number;
  readonly #active = new Set<string>();

  constructor(storage: ObjectStorage, term: number) {
    this.#storage = storage;
    this.#term = term;
  }

  isActive(key: string): boolean {
    return this.#active.has(key);
  }

  /** Stores deletes (sorted by timestamp) as a file that is not published yet; call `end` when it is, or is given up. */
  async put(
    identity: Pick<DeleteFileRecord, 'id' | 'collectionId' | 'fromTimestamp' | 'toTimestamp'>,
    deletes: DeleteBatch,
  ): Promise<DeleteFileRecord> {
    const { id, collectionId, fromTimestamp, toTimestamp } = identity;
    const bytes = encodeDeleteFile({ fromTimestamp, toTimestamp, deletes });
    const name = `${DELETES_ROOT}${collectionId}/${id}-${this.#term}.deletes`;
    this.#active.add(name);
    try {
      await this.#storage.put(name, bytes);
    } catch (error) {
      this.#active.delete(name);
      throw error;
    }
    const object = { name, byteLength: bytes.length, crc32c: crc32c(bytes) };
    return { ...identity, count: deletes.timestamps.length, object };
  }

  end(record: DeleteFileRecord): void {
    this.#active.delete(record.object.name);
  }
}
