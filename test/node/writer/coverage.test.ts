import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CollectionRecord, View } from '../../../core/catalog.ts';
import type { DeleteBatch } from '../../../node/segment/segment.ts';
import { countAll, createCollection, deleteIds, insert, queryAll, type Row, rowsFrom } from './rows.ts';
import { CONTEXT, NEVER, openTestWriter, removeFolder, type TestWriter, temporaryFolder } from './test-writer.ts';
import { readViewRows, streamedDeletes, streamStart } from './view-reader.ts';

const SETTINGS = { segmentRowsMax: 60, compactionSegmentsMin: 3, retentionMs: 200 };

let folder: string;
let writer: TestWriter;
let record: CollectionRecord;
let partitionIds: readonly number[];

beforeEach(async () => {
  folder = await temporaryFolder();
  writer = await openTestWriter(folder, { settings: SETTINGS });
  await createCollection(writer);
  await writer.catalog({ kind: 'createPartition', database: 'default', collection: 'things', partition: 'second' });
  record = (await writer.parts.metadata.readCatalog()).collections[0]!;
  partitionIds = record.partitions.map((partition) => partition.id);
});

afterEach(async () => {
  await writer[Symbol.asyncDispose]();
  await removeFolder(folder);
});

function generator(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** A random history and what it must come to. */
class Model {
  readonly rows = new Map<bigint, bigint>();
  readonly deletes: DeleteBatch[] = [];
  readonly views: View[] = [];
  readonly #random: (limit: number) => number;
  #nextKey = 0;
  #version = 1;

  constructor(seed: number) {
    this.#random = generator(seed);
  }

  async step(): Promise<void> {
    const choice = this.#random(100);
    if (choice < 45) await this.#insert();
    else if (choice < 65) await this.#upsert();
    else if (choice < 82) await this.#delete();
    else if (choice < 88) await this.#flush();
    else if (choice < 93) await this.#compact();
    else await reopen();
  }

  async #insert(): Promise<void> {
    const rows = rowsFrom(this.#nextKey, 1 + this.#random(30), this.#version++);
    this.#nextKey += rows.length;
    await insert(writer.node, record.id, this.#partition(), rows);
    this.#put(rows);
  }

  async #upsert(): Promise<void> {
    const rows = this.#someKeys().map((id) => ({ id, version: BigInt(this.#version) }));
    this.#version++;
    const { timestamp } = await insert(writer.node, record.id, this.#partition(), rows, true);
    this.#noteDelete(
      rows.map((row) => row.id),
      timestamp,
    );
    this.#put(rows);
  }

  async #delete(): Promise<void> {
    const ids = this.#someKeys();
    const { timestamp } = await deleteIds(writer.node, record.id, ids);
    this.#noteDelete(ids, timestamp);
    for (const id of ids) this.rows.delete(id);
  }

  async #flush(): Promise<void> {
    await writer.node.flush({ context: CONTEXT, collectionIds: [record.id] }, NEVER);
    await this.noteView();
  }

  async #compact(): Promise<void> {
    const { jobId } = await writer.node.compact(
      { context: CONTEXT, collectionId: record.id, partitionId: 0, segmentIds: [], targetBytes: 0 },
      NEVER,
    );
    for (;;) {
      const job = await writer.node.job({ context: CONTEXT, jobId }, NEVER);
      expect(job.error).toBe('');
      if (job.done) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await this.noteView();
  }

  async noteView(): Promise<void> {
    const view = (await writer.parts.metadata.readView(record.id))!;
    if (this.views.at(-1)?.version !== view.version) this.views.push(view);
  }

  /** One of the two gets few rows: its growing segment holds the log while those of the other are published. */
  #partition(): number {
    return partitionIds[this.#random(8) === 0 ? 1 : 0]!;
  }

  #someKeys(): bigint[] {
    const keys = Array.from({ length: 1 + this.#random(20) }, () => BigInt(this.#random(this.#nextKey + 10)));
    const distinct = [...new Set(keys)];
    for (const key of distinct) this.#nextKey = Math.max(this.#nextKey, Number(key) + 1);
    return distinct;
  }

  #put(rows: readonly Row[]): void {
    for (const { id, version } of rows) this.rows.set(id, version);
  }

  #noteDelete(ids: readonly bigint[], timestamp: bigint): void {
    const timestamps = new BigUint64Array(ids.length).fill(timestamp);
    this.deletes.push({ keys: BigInt64Array.from(ids), timestamps, partitionIds: undefined });
  }
}

async function reopen(): Promise<void> {
  await writer[Symbol.asyncDispose]();
  writer = await openTestWriter(folder, { settings: SETTINGS });
}

/** What a router gets that holds `view`, whose readers have these deletes. */
async function together(
  view: View,
  deletes: readonly DeleteBatch[],
): Promise<{ rows: Map<bigint, bigint>; count: number }> {
  const fromReader = await readViewRows(writer.parts.storage, record, view, deletes);
  const fromWriter = await queryAll(writer.node, record.id, view.version);
  const count = fromReader.count + (await countAll(writer.node, record.id, view.version));
  return { rows: new Map([...fromReader.rows, ...fromWriter]), count };
}

test.each([1, 2, 3])(
  'random history %i: every view and the writer together have each live row once',
  async (seed) => {
    const model = new Model(seed);
    await model.noteView();
    for (let round = 0; round < 3; round++) {
      for (let step = 0; step < 30; step++) await model.step();
      const newest = (await writer.parts.metadata.readView(record.id))!;
      const streamed = await streamedDeletes(writer.node, record.id, streamStart(newest));
      expect(streamed, 'the stream reaches back to what the newest view leaves to it').toBeDefined();
      const asReader = await together(newest, streamed!);
      expect(asReader.rows, `newest view, seed ${seed}`).toEqual(model.rows);
      expect(asReader.count).toBe(model.rows.size);
      for (const view of [model.views[0]!, ...model.views.slice(-3)]) {
        const older = await together(view, model.deletes);
        expect(older.rows, `view ${view.version} of ${newest.version}, seed ${seed}`).toEqual(model.rows);
        expect(older.count, `view ${view.version} of ${newest.version}, seed ${seed}`).toBe(model.rows.size);
      }
    }
    expect(model.views.length).toBeGreaterThan(5);
  },
  120_000,
);

test('reads that run while rows are written, sealed and compacted never miss a row or count it twice', async () => {
  let sent = 0;
  let acknowledged = 0;
  let isOver = false;
  const writing = (async () => {
    while (!isOver) {
      sent += 17;
      await insert(writer.node, record.id, partitionIds[0]!, rowsFrom(sent - 17, 17));
      acknowledged += 17;
    }
  })();
  const compacting = (async () => {
    while (!isOver) {
      await writer.node.compact(
        { context: CONTEXT, collectionId: record.id, partitionId: 0, segmentIds: [], targetBytes: 0 },
        NEVER,
      );
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const versions = new Set<number>();
  const startMs = performance.now();
  const elapsedMs = () => performance.now() - startMs;
  try {
    // A busy machine publishes less in a second: longer, then.
    while (elapsedMs() < 4_000 || (versions.size <= 5 && elapsedMs() < 60_000)) {
      const before = acknowledged;
      const view = (await writer.parts.metadata.readView(record.id))!;
      const sealed = view.segments.reduce((sum, segment) => sum + segment.rowCount, 0);
      const total = sealed + (await countAll(writer.node, record.id, view.version));
      expect(total, `view ${view.version}`).toBeGreaterThanOrEqual(before);
      expect(total, `view ${view.version}`).toBeLessThanOrEqual(sent);
      versions.add(view.version);
      // All of this may resolve without the event loop turning.
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    // What still ran would find the folder gone.
    isOver = true;
    await Promise.all([writing, compacting]);
  }
  expect(versions.size).toBeGreaterThan(5);
}, 120_000);
