import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BraidError } from '../../../core/errors.ts';
import type { ImportJobMessage } from '../../../proto/generated/node.ts';
import { countAll, createCollection, queryAll } from './rows.ts';
import {
  CONTEXT,
  NEVER,
  openTestWriter,
  removeFolder,
  type TestWriter,
  type TestWriterOptions,
  temporaryFolder,
  type WriterParts,
} from './test-writer.ts';

const ROWS = 500;
let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder, 'objects', 'Files'), { recursive: true });
  for (const [file, first] of [
    ['1.json', 0],
    ['2.json', ROWS],
  ] as const) {
    const rows = Array.from({ length: ROWS }, (_, i) => ({ id: first + i, version: 7, text: `row ${first + i}` }));
    await writeFile(join(folder, 'objects', 'Files', file), JSON.stringify(rows));
  }
});

afterEach(() => removeFolder(folder));

test('an import that was under way when the writer went down begins again, and every row is there once', async () => {
  const { wrap, reached } = holdingUp('2.json');
  let jobId: number;
  let collectionId: number;
  {
    await using writer = await openTestWriter(folder, { wrap });
    collectionId = await createCollection(writer);
    jobId = await start(writer, collectionId);
    await reached;
    const [job] = await jobs(writer, jobId);
    expect(job).toMatchObject({ state: 'importing', rowCount: ROWS });
    expect(job!.progress).toBeGreaterThan(0);
    expect(await countAll(writer.node, collectionId, 0), 'nothing is visible yet').toBe(0);
  }
  await using writer = await openTestWriter(folder);
  const job = await ended(writer, jobId);
  expect(job).toMatchObject({ state: 'completed', rowCount: 2 * ROWS, progress: 100, reason: '' });
  const rows = await queryAll(writer.node, collectionId, 0);
  expect(rows.size).toBe(2 * ROWS);
  expect(await countAll(writer.node, collectionId, 0)).toBe(2 * ROWS);
});

test('a completed import is remembered and not done again', async () => {
  let jobId: number;
  let collectionId: number;
  {
    await using writer = await openTestWriter(folder);
    collectionId = await createCollection(writer);
    jobId = await start(writer, collectionId);
    expect(await ended(writer, jobId)).toMatchObject({ state: 'completed' });
  }
  await using writer = await openTestWriter(folder);
  expect((await jobs(writer, jobId))[0]).toMatchObject({ state: 'completed', rowCount: 2 * ROWS });
  expect(await countAll(writer.node, collectionId, 0)).toBe(2 * ROWS);
});

test('when publishing fails nothing is there, and the job says why', async () => {
  const wrap = (parts: WriterParts): WriterParts => ({
    ...parts,
    metadata: new Proxy(parts.metadata, {
      get(target, name) {
        const member = Reflect.get(target, name);
        if (name !== 'apply') return typeof member === 'function' ? member.bind(target) : member;
        return (term: number, id: string, changes: Parameters<typeof target.apply>[2]) => {
          const publishes = changes.some((change) => change.kind === 'publish' && change.addSegments.length > 0);
          if (publishes) throw new BraidError('internal', 'no room for segments');
          return target.apply(term, id, changes);
        };
      },
    }),
  });
  await using writer = await openTestWriter(folder, { wrap });
  const collectionId = await createCollection(writer);
  const job = await ended(writer, await start(writer, collectionId));
  expect(job).toMatchObject({ state: 'failed', reason: 'no room for segments', segmentIds: [] });
  expect(await countAll(writer.node, collectionId, 0)).toBe(0);
});

test('an import into a collection that is dropped meanwhile fails', async () => {
  const { wrap, reached, release } = holdingUp('2.json');
  await using writer = await openTestWriter(folder, { wrap });
  const collectionId = await createCollection(writer);
  const jobId = await start(writer, collectionId);
  await reached;
  await writer.catalog({ kind: 'dropCollection', database: 'default', collection: 'things' });
  release();
  expect(await ended(writer, jobId)).toMatchObject({ state: 'failed', reason: expect.stringMatching(/dropped/) });
});

test('a job that takes longer than its timeout fails', async () => {
  const { wrap } = holdingUp('1.json');
  await using writer = await openTestWriter(folder, { wrap });
  const jobId = await start(writer, await createCollection(writer), { timeout: '200ms' });
  expect(await ended(writer, jobId)).toMatchObject({
    state: 'failed',
    reason: expect.stringMatching(/timeout of 200 ms/),
  });
});

/** A storage whose reads of one file wait. */
function holdingUp(name: string) {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const wrap: TestWriterOptions['wrap'] = (parts) => ({
    ...parts,
    storage: new Proxy(parts.storage, {
      get(target, member) {
        const found = Reflect.get(target, member);
        if (member !== 'openFile') return typeof found === 'function' ? found.bind(target) : found;
        return async (path: string) => {
          const file = await target.openFile(path);
          if (!path.endsWith(name)) return file;
          return {
            byteLength: file.byteLength,
            read: async (from: number, to: number) => {
              reached.resolve();
              await gate.promise;
              return file.read(from, to);
            },
            [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
          };
        };
      },
    }),
  });
  return { wrap, reached: reached.promise, release: () => gate.resolve() };
}

async function start(writer: TestWriter, collectionId: number, options: Record<string, string> = {}): Promise<number> {
  const described = await writer.parts.metadata.readCatalog();
  const record = described.collections.find(({ id }) => id === collectionId)!;
  const { jobId } = await writer.node.importFiles(
    {
      context: CONTEXT,
      collectionId,
      partitionId: record.partitions[0]!.id,
      files: ['Files/1.json', '/Files/2.json'],
      options: new Map(Object.entries(options)),
    },
    NEVER,
  );
  return jobId;
}

async function jobs(writer: TestWriter, jobId: number): Promise<readonly ImportJobMessage[]> {
  return (await writer.node.importJobs({ context: CONTEXT, collectionId: 0, jobId }, NEVER)).jobs;
}

async function ended(writer: TestWriter, jobId: number): Promise<ImportJobMessage> {
  const endMs = performance.now() + 20_000;
  for (;;) {
    const [job] = await jobs(writer, jobId);
    if (job!.state === 'completed' || job!.state === 'failed') return job!;
    if (performance.now() > endMs) throw new Error(`import ${jobId} is still ${job!.state}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
