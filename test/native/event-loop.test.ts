import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { createVectorStore } from '../../native/native.ts';
import { sampleRows } from './sample-data.ts';
import { GRAPH, storeOf } from './store-of.ts';

const DIMENSIONS = 64;

/** Timers that fired while the work ran, each of which needs the event loop. */
async function timersDuring(work: Promise<unknown>): Promise<{ fired: number; delayMs: number }> {
  let isRunning = true;
  let fired = 0;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const done = work.finally(() => {
    isRunning = false;
  });
  while (isRunning) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    fired++;
  }
  await done;
  delay.disable();
  return { fired, delayMs: delay.percentile(50) / 1e6 };
}

test('long searches and an index leave the event loop free', async () => {
  const rows = sampleRows('f32', 20_000, DIMENSIONS);
  const store = createVectorStore({ dimensions: DIMENSIONS, scalar: 'f32', metric: 'cosine', index: GRAPH });
  store.append(rows.bytes, rows.count);
  const queryCount = 2_000;
  const queries = rows.bytes.subarray(0, queryCount * DIMENSIONS * 4);
  for (const work of [
    () => store.search(queries, queryCount, { k: 10, expansion: 10, method: 'exact' }),
    () => store.index({ threads: 1 }),
    () => store.search(queries, queryCount, { k: 100, expansion: 500, method: 'index' }),
  ]) {
    const { fired, delayMs } = await timersDuring(work());
    expect(fired).toBeGreaterThan(10);
    expect(delayMs).toBeLessThan(100);
  }
  store.close();
});

test('a single search does not wait for a batch of thousands to end', async () => {
  const rows = sampleRows('f32', 20_000, DIMENSIONS);
  const store = await storeOf(rows, 'l2');
  const order: string[] = [];
  const batch = store
    .search(rows.bytes.subarray(0, 4_000 * DIMENSIONS * 4), 4_000, { k: 10, expansion: 10 })
    .then(() => order.push('batch'));
  await new Promise((resolve) => setTimeout(resolve, 5));
  const single = store
    .search(rows.bytes.subarray(0, DIMENSIONS * 4), 1, { k: 10, expansion: 10 })
    .then(() => order.push('single'));
  await Promise.all([batch, single]);
  expect(order).toEqual(['single', 'batch']);
  store.close();
});

test('a worker thread may use stores, and be ended while one is being indexed', async () => {
  const source = `
    import { parentPort, workerData } from 'node:worker_threads';
    import { createVectorStore } from ${JSON.stringify(new URL('../../native/native.ts', import.meta.url).href)};
    const store = createVectorStore({ dimensions: 64, scalar: 'f32', metric: 'l2', index: { kind: 'graph', connectivity: 16, expansionAdd: 400 } });
    store.append(workerData, 20000);
    const { offsets } = await store.search(workerData.subarray(0, 256), 1, { k: 1, expansion: 1 });
    void store.index({ threads: 2 });
    parentPort.postMessage(offsets[0]);
  `;
  const rows = sampleRows('f32', 20_000, DIMENSIONS);
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData: rows.bytes });
  const answer = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  expect(answer).toBe(0);
  await worker.terminate();
});
