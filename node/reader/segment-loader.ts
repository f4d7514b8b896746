import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { CollectionRecord, SegmentRecord } from '../../core/catalog.ts';
import { BraidError, toBraidError } from '../../core/errors.ts';
import type { ObjectStorage } from '../../plugins/storage/storage.ts';
import { openSealedSegment, type SealedSegment } from '../segment/sealed-segment.ts';
import { fetchSegmentFiles, folderInStorage } from '../segment/segment-files.ts';
import { verifySegmentFiles } from '../segment/verify-segment-files.ts';

/**
 * Brings sealed segments from shared storage to this machine: fetches the files, verifies length and checksum of each, opens the segment.
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
    collection: Pick<CollectionRecord, 'schema' | 'indexes' | 'properties'>,
    signal: AbortSignal,
  ): Promise<SealedSegment> {
    const { schema, indexes, properties } = collection;
    try {
      const folder = await this.#localFolder(record, signal);
      return await openSealedSegment(record, { schema, indexes, properties, folder });
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
    const isCopyGood = await verifySegmentFiles(record, cached, signal).then(
      () => true,
      () => false,
    );
    return isCopyGood ? cached : await this.#fetch(record, cached, signal);
  }

  /** The copy gets its name only when it is complete and verified. */
  async #fetch(record: SegmentRecord, folder: string, signal: AbortSignal): Promise<string> {
    const incoming = `${folder}.incoming`;
    await rm(folder, { recursive: true, force: true });
    await rm(incoming, { recursive: true, force: true });
    await fetchSegmentFiles(this.#storage, record, incoming, signal);
    await mkdir(dirname(folder), { recursive: true });
    await rename(incoming, folder);
    return folder;
  }
}
