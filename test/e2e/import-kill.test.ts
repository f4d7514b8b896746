import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { DEPLOYMENTS } from './deployments.ts';
import { post } from './rest-client.ts';

const ROWS_PER_FILE = 8_000;
const ROWS = 2 * ROWS_PER_FILE;
const FILES = ['one.jsonl', 'two.jsonl'];
const DIMENSION = 16;
const WAIT_MS = 120_000;

/** Killed when the job is so far, in per cent: at once, in the first file, in the second. */
const KILL_AT = [0, 5, 55];

test('SIGKILL during an import: the job goes on, and its rows are there once, all at the same time', async () => {
  await using braid = await DEPLOYMENTS[0]!.start();
  const [server] = braid.processes.started;
  const rest = (path: string, body: object) => post(braid.address, path, body);
  const folder = join(braid.processes.folder, 'data', 'storage', 'imports');
  await mkdir(folder, { recursive: true });
  for (const [place, file] of FILES.entries()) await writeFile(join(folder, file), linesFrom(place * ROWS_PER_FILE));

  let interrupted = 0;
  for (const [round, killAt] of KILL_AT.entries()) {
    const collectionName = `imported_${round}`;
    const created = { collectionName, dimension: DIMENSION, idType: 'Int64', autoID: false };
    expect(await rest('collections/create', created)).toMatchObject({ code: 0 });
    const files = FILES.map((file) => [`imports/${file}`]);
    const { data } = await rest('jobs/import/create', { collectionName, files });
    const job = async () => (await rest('jobs/import/get_progress', { jobId: data.jobId })).data;
    const rows = async () => {
      const counted = { collectionName, filter: '', outputFields: ['count(*)'], consistencyLevel: 'Strong' };
      return (await rest('entities/query', counted)).data?.[0]?.['count(*)'];
    };
    let stateWhenKilled = '';
    await until(`the import is at ${killAt} %`, async () => {
      const { progress, state } = await job();
      stateWhenKilled = state;
      return progress >= killAt || state === 'Completed';
    });
    await braid.processes.kill(server!);
    if (stateWhenKilled !== 'Completed') interrupted++;
    await braid.processes.revive(server!);

    const seen = new Set<unknown>();
    await until('the import has ended', async () => {
      seen.add(await rows());
      return ['Completed', 'Failed'].includes((await job()).state);
    });
    const outcome = await job();
    expect(outcome, `killed at ${killAt} %: ${outcome.reason}`).toMatchObject({
      state: 'Completed',
      progress: 100,
      importedRows: ROWS,
    });
    expect(await rows()).toBe(ROWS);
    // Undefined: it was not loaded yet.
    for (const count of seen) expect([undefined, 0, ROWS]).toContain(count);
    const ids = [0, ROWS_PER_FILE - 1, ROWS_PER_FILE, ROWS - 1];
    const filter = `id in [${ids}]`;
    const found = await rest('entities/query', { collectionName, filter, outputFields: ['id'] });
    expect(found.data.map(({ id }: { id: number }) => Number(id))).toEqual(ids);
    expect(await rest('collections/drop', { collectionName })).toMatchObject({ code: 0 });
  }
  expect(interrupted).toBeGreaterThan(0);
}, 300_000);

function linesFrom(first: number): string {
  const lines = Array.from({ length: ROWS_PER_FILE }, (_, i) => {
    const vector = Array.from({ length: DIMENSION }, (_, d) => ((first + i) * (d + 3)) % 101);
    return JSON.stringify({ id: first + i, vector });
  });
  return lines.join('\n');
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + WAIT_MS;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`not in ${WAIT_MS} ms: ${what}`);
    await sleep(10);
  }
}
