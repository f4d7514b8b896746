import { writeSync } from 'node:fs';
import { countAll, createCollection, deleteIds, insert, queryAll, type Row } from './rows.ts';
import { CONTEXT, NEVER, openTestWriter, type TestWriter } from './test-writer.ts';
import { readViewRows, streamedDeletes, streamStart } from './view-reader.ts';

/**
 * The process that kill.test.ts kills. First it tells what it finds, then it writes: every operation is announced before it is sent (`>`) and after it was
 * acknowledged (`<`). Lines go straight into the pipe, so that they outlive the process.
 */
const [folder, seedText] = process.argv.slice(2);
const WORKERS = 6;
const KEYS_PER_WORKER = 3_000;

let seed = Number(seedText);
function random(limit: number): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((seed / 2 ** 32) * limit);
}

function tell(line: object): void {
  writeSync(1, `${JSON.stringify(line, (_key, value) => (typeof value === 'bigint' ? `${value}` : value))}\n`);
}

const writer = await openTestWriter(folder!, {
  settings: {
    segmentRowsMax: 2_500,
    sealAfterMs: 700,
    compactionEnabled: true,
    compactionIntervalMs: 100,
    compactionSegmentsMin: 3,
    leaseTtlMs: 5_000,
  },
});
const { collectionId, partitionIds } = await findOrCreate(writer);
await tellState();
let operation = 0;
await Promise.all([...Array.from({ length: WORKERS }, (_, worker) => write(worker)), flushForever()]);

async function findOrCreate(target: TestWriter): Promise<{ collectionId: number; partitionIds: readonly number[] }> {
  await createCollection(target);
  await target.catalog({ kind: 'createPartition', database: 'default', collection: 'things', partition: 'second' });
  const { collections } = await target.parts.metadata.readCatalog();
  return { collectionId: collections[0]!.id, partitionIds: collections[0]!.partitions.map(({ id }) => id) };
}

/** All rows as a reader of the newest view and the writer know them together; while there are few segments, also as the writer knows them alone. */
async function tellState(): Promise<void> {
  const { node, parts } = writer;
  const { collections } = await parts.metadata.readCatalog();
  const view = (await parts.metadata.readView(collectionId))!;
  const deletes = await streamedDeletes(node, collectionId, streamStart(view));
  const viewRows = await readViewRows(parts.storage, collections[0]!, view, deletes ?? []);
  const rest = await queryAll(node, collectionId, view.version);
  tell({
    kind: 'state',
    rows: [...viewRows.rows, ...rest],
    count: viewRows.count + (await countAll(node, collectionId, view.version)),
    alone: view.version < 15 ? [...(await queryAll(node, collectionId, 0))] : undefined,
    isStreamTooOld: deletes === undefined,
    segments: view.segments.length,
  });
}

async function write(worker: number): Promise<void> {
  for (;;) {
    const id = `${seedText}-${operation++}`;
    const first = worker * KEYS_PER_WORKER + random(KEYS_PER_WORKER - 40);
    const keys = Array.from({ length: 1 + random(40) }, (_, index) => BigInt(first + index));
    const isDelete = random(4) === 0;
    const version = BigInt(Date.now()) * 1_000n + BigInt(operation % 1_000);
    tell({ kind: '>', id, worker, keys, version: isDelete ? null : version });
    const rows: Row[] = keys.map((key) => ({ id: key, version }));
    if (isDelete) await deleteIds(writer.node, collectionId, keys);
    else await insert(writer.node, collectionId, partitionIds[random(6) === 0 ? 1 : 0]!, rows, true);
    tell({ kind: '<', id });
  }
}

async function flushForever(): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 50 + random(300)));
    await writer.node.flush({ context: CONTEXT, collectionIds: [collectionId] }, NEVER);
    if (random(3) === 0)
      await writer.node.compact(
        { context: CONTEXT, collectionId, partitionId: 0, segmentIds: [], targetBytes: 0 },
        NEVER,
      );
  }
}
