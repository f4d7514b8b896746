import { expect, test } from 'vitest';
import { systemClock } from '../../../core/clock.ts';
import { BraidError } from '../../../core/errors.ts';
import { JobBook } from '../../../node/writer/job-book.ts';
import type { JobEnd } from '../../../node/writer/job-ended.ts';
import { WRITER_LIMITS } from '../../../node/writer/limits.ts';

const SEAL = { kind: 'seal', collectionId: 3, sourceIds: [7] } as const;

function bookOf() {
  const ended: JobEnd[] = [];
  const closing = new AbortController();
  return { book: new JobBook(systemClock, (end) => ended.push(end), closing.signal), ended, closing };
}

test('a job is running while it runs, and completed with its rows', async () => {
  const { book, ended } = bookOf();
  const { promise, resolve } = Promise.withResolvers<void>();
  const recorded = book.record({ ...SEAL, kind: 'compaction', cause: 'small' }, async (done) => {
    await promise;
    done(500);
    return 'segment';
  });
  expect(book.list()).toMatchObject([{ state: 'running', kind: 'compaction', cause: 'small', sourceIds: [7] }]);
  resolve();
  expect(await recorded).toBe('segment');
  expect(book.list()).toMatchObject([{ state: 'completed', rowCount: 500, collectionId: 3, error: '' }]);
  expect(ended).toMatchObject([{ job: 'compaction', status: 'success', rowCount: 500 }]);
});

test('a job that fails says why; its error goes on to who asked', async () => {
  const { book, ended } = bookOf();
  const failing = book.record(SEAL, () => Promise.reject(new BraidError('serviceUnavailable', 'the disk is full')));
  await expect(failing).rejects.toThrow('the disk is full');
  expect(book.list()).toMatchObject([{ state: 'failed', error: expect.stringContaining('the disk is full') }]);
  expect(ended).toMatchObject([{ job: 'seal', status: 'fail' }]);
});

test('work that found nothing to do, or that a closing writer gave up, leaves no trace', async () => {
  const { book, ended, closing } = bookOf();
  await book.record(SEAL, async () => undefined);
  closing.abort();
  await expect(book.record(SEAL, () => Promise.reject(new Error('closed')))).rejects.toThrow('closed');
  expect(book.list()).toEqual([]);
  expect(ended).toEqual([]);
});

test('the newest jobs come first, and the oldest that ended are forgotten', async () => {
  const { book } = bookOf();
  const { promise, resolve } = Promise.withResolvers<void>();
  const running = book.record(SEAL, () => promise);
  for (let i = 0; i < WRITER_LIMITS.jobsKeptMax + 5; i++) await book.record(SEAL, async (done) => done(i));
  const jobs = book.list();
  expect(jobs).toHaveLength(WRITER_LIMITS.jobsKeptMax);
  expect(jobs[0]).toMatchObject({ state: 'completed', rowCount: WRITER_LIMITS.jobsKeptMax + 4 });
  expect(jobs.at(-1)).toMatchObject({ state: 'running', jobId: 1 });
  resolve();
  await running;
});
