import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SegmentLoader } from '../../../node/reader/segment-loader.ts';
import { GrowingSegment } from '../../../node/segment/growing-segment.ts';
import { LocalStorage } from '../../../plugins/storage/local-storage.ts';
import { everyBatch, everySchema, index, sealSegment, temporaryFolder } from '../segment/fixture.ts';

/** A storage whose files must be fetched, and which remembers those that were. */
class RemoteStorage extends LocalStorage {
  readonly fetched: string[] = [];

  constructor(folder: string) {
    super({ folder, shared: true, mapInPlace: false });
  }

  override async getFile(key: string, localPath: string, signal?: AbortSignal): Promise<void> {
    this.fetched.push(key.slice(key.lastIndexOf('/') + 1));
    await super.getFile(key, localPath, signal);
  }

  take(): string[] {
    return this.fetched.splice(0).sort();
  }
}

test('fetches the files of the fields that are loaded, later those that are missing, and damaged ones again', async () => {
  await using written = await temporaryFolder();
  await using stored = await temporaryFolder();
  await using cache = await temporaryFolder();
  const indexes = [index(112, 'HNSW', 'COSINE', { M: '8', efConstruction: '32' }), index(113, 'FLAT', 'IP')];
  const growing = new GrowingSegment({ id: 5, partitionId: 7, schema: everySchema, indexes });
  growing.append(everyBatch(0, 500), 100n);
  const sealed = await sealSegment(growing, written.path, indexes);
  sealed.close();
  const record = { ...sealed.record, prefix: 'segments/1/5/' };
  const storage = new RemoteStorage(stored.path);
  for (const { name } of record.files) await storage.putFile(record.prefix + name, join(written.path, name));

  const loader = new SegmentLoader(storage, cache.path);
  const shared = ['columns.arrow', 'deletes.bits', 'keys.perm', 'manifest.json'];
  const load = async (loadedFieldIds?: number[]) => {
    const collection = { schema: everySchema, indexes, properties: {}, ...(loadedFieldIds && { loadedFieldIds }) };
    const segment = await loader.load(record, collection, new AbortController().signal);
    segment.close();
    return segment;
  };

  expect((await load([100, 113])).hasLoaded([100, 113])).toBe(true);
  expect(storage.take()).toEqual(['113.rows', ...shared]);
  expect((await load([100, 112, 113])).hasLoaded([100, 112])).toBe(true);
  expect(storage.take()).toEqual(['112.graph', '112.rows', '112.vectors']);
  await truncate(join(cache.path, record.prefix, '113.rows'), 10);
  await load([100, 113]);
  expect(storage.take()).toEqual(['113.rows']);
  await load();
  expect(storage.take()).toEqual(['114.rows', '115.rows', '116.rows', '117.rows']);
  await load();
  expect(storage.take()).toEqual([]);
});
