import { mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CollectionRecord, SegmentRecord, StoredFile } from '../../core/catalog.ts';
import { BraidError, toBraidError } from '../../core/errors.ts';
import type { ObjectStorage } from '../../plugins/storage/storage.ts';
import { openSealedSegment, type SealedSegment } from '../segment/sealed-segment.ts';
import { fetchSegmentFiles, filesOfFields, folderInStorage } from '../segment/segment-files.ts';
import { verifySegmentFiles } from '../segment/verify-segment-files.ts';

/**
 * Brings sealed segments from shared storage to this machine: fetches the files of the fields that are loaded, verifies length and checksum of each, opens the segment.
 * Nothing is mapped before it is verified: a damaged graph would crash the process while it searches.
 */
export class SegmentLoader {
  readonly #storage: ObjectStorage;
  readonly #cacheFolder: string;

  constructor(storage: ObjectStorage, cacheFolder: string) {
    this.#storage = storage;
    this.#cacheFolder = cacheFolder;
  }

  async load(
    record: SegmentRecord,
    collection: Pick<CollectionRecord, 'schema' | 'indexes' | 'properties' | 'loadedFieldIds'>,
    signal: AbortSignal,
  ): Promise<SealedSegment> {
    const { schema, indexes, properties, loadedFieldIds: fieldIds } = collection;
    try {
      const folder = await this.#localFolder({ ...record, files: filesOfFields(record, fieldIds) }, signal);
      return await openSealedSegment(record, { schema, indexes, properties, folder, ...(fieldIds && { fieldIds }) });
    } catch (thrown) {
      if (signal.aborted) throw new BraidError('cancelled', `loading segment ${record.id} was cancelled`);
      const cause = toBraidError(thrown);
      throw new BraidError('segmentLoadFailed', `segment ${record.id} could not be loaded: ${cause.message}`, {
        cause,
      });
    }
  }

  /** Drops the local copy, if there is one. Call it after the segment was closed. */
  async forget(record: SegmentRecord): Promise<void> {
    await rm(join(this.#cacheFolder, record.prefix), { recursive: true, force: true });
  }

  /** A folder that holds the verified files: the storage's own where it lies on this machine, else a copy in the cache. */
  async #localFolder(record: SegmentRecord, signal: AbortSignal): Promise<string> {
    const inPlace = folderInStorage(this.#storage, record);
    if (inPlace !== undefined) {
      await verifySegmentFiles(record, inPlace, signal);
      return inPlace;
    }
    const cached = resolve(this.#cacheFolder, record.prefix);
    const missing: StoredFile[] = [];
    for (const file of record.files) {
      const isGood = await verifySegmentFiles({ id: record.id, files: [file] }, cached, signal).then(
        () => true,
        () => false,
      );
      if (!isGood) missing.push(file);
    }
    if (missing.length > 0) await this.#fetch({ ...record, files: missing }, cached, signal);
    return cached;
  }

  /** Files get their names in the copy only when they are complete and verified; those of an earlier load of other fields stay. */
  async #fetch(record: SegmentRecord, folder: string, signal: AbortSignal): Promise<void> {
    const incoming = `${folder}.incoming`;
    await rm(incoming, { recursive: true, force: true });
    await fetchSegmentFiles(this.#storage, record, incoming, signal);
    await mkdir(folder, { recursive: true });
    for (const { name } of record.files) await rename(join(incoming, name), join(folder, name));
    await rm(incoming, { recursive: true });
  }
}
