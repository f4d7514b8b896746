import { expect, test, vi } from 'vitest';
import type { SegmentRecord } from '../../../core/catalog.ts';
import type { CompactionJobRecord, CompactionPlanRecord } from '../../../core/compaction-job.ts';
import { BUILDER_LIMITS } from '../../../node/builder/limits.ts';
import { CompactionJobs } from '../../../node/writer/compaction-jobs.ts';
import type { WritableCollection } from '../../../node/writer/writable-collection.ts';
import type { WriterContext } from '../../../node/writer/writer-context.ts';
import type { CatalogChange } from '../../../plugins/metadata/metadata.ts';

/** A writer with one collection, 3, whose live segments are these; and the changes of metadata it made. */
function writerWith(segments: readonly Pick<SegmentRecord, 'id' | 'compactedFrom'>[]) {
  const changes: CatalogChange[] = [];
  const closing = new AbortController();
  const collection = { id: 3, live: new Map(segments.map((segment) => [segment.id, segment])) };
  let lastId = 100;
  const context = {
    collections: new Map([[3, collection]]),
    ids: { next: () => ++lastId },
    metadata: { apply: async (_term: number, _id: string, more: readonly CatalogChange[]) => changes.push(...more) },
    leadership: { term: 1 },
    catalog: { applied() {} },
    access: { applied() {} },
    changed() {},
    signal: closing.signal,
  } as unknown as WriterContext;
  return { context, changes, closing, collection: collection as unknown as WritableCollection };
}

const executing: CompactionPlanRecord = {
  partitionId: 4,
  segmentIds: [11, 12],
  reason: 'small',
  state: 'executing',
  targetId: 0,
  error: '',
};
const plan = { partitionId: 4, segmentIds: [11, 12], reason: 'small' } as const;
const job = (plans: CompactionPlanRecord[]): CompactionJobRecord => ({ id: 7, collectionId: 3, plans });

test('what was under way runs again, what was published meanwhile is found, what is gone is done', async () => {
  const writer = writerWith([
    { id: 11, compactedFrom: [] },
    { id: 12, compactedFrom: [] },
    { id: 30, compactedFrom: [21, 22] },
  ]);
  const run = vi.fn(async () => 40);
  const plans = [executing, { ...executing, segmentIds: [21, 22] }, { ...executing, segmentIds: [98, 99] }];
  const failed = { ...executing, state: 'failed', error: 'the disk was full' } as const;
  const jobs = new CompactionJobs(writer.context, [job([...plans, failed])], run);
  expect(jobs.state(7)).toMatchObject({ done: false, executing: 3, failed: 1 });
  jobs.resume();
  await vi.waitFor(() => expect(jobs.state(7).done).toBe(true));
  await jobs.idle();
  expect(run.mock.calls).toEqual([[writer.collection, executing]]);
  expect(jobs.state(7)).toMatchObject({ completed: 3, failed: 1, error: 'the disk was full' });
  expect(jobs.state(7).plans.map(({ targetId }) => targetId)).toEqual([40, 30, 0, 0]);
  const last = writer.changes.at(-1)!;
  expect(last.kind === 'putCompactionJob' && last.job.plans.map(({ state }) => state)).toEqual([
    'completed',
    'completed',
    'completed',
    'failed',
  ]);
});

test('a writer that closes leaves its plans to its successor; a plan that fails is recorded with the reason', async () => {
  const writer = writerWith([]);
  const outcome = Promise.withResolvers<number>();
  const jobs = new CompactionJobs(writer.context, [], (_, { segmentIds }) =>
    segmentIds[0] === 11 ? outcome.promise : Promise.reject(new Error('no room left')),
  );
  const id = await jobs.start(writer.collection, [plan, { ...plan, segmentIds: [13] }]);
  await vi.waitFor(() => expect(jobs.state(id)).toMatchObject({ executing: 1, failed: 1, error: 'no room left' }));
  await jobs.idle();
  const recorded = writer.changes.length;
  writer.closing.abort();
  outcome.reject(new Error('the writer is closing'));
  await outcome.promise.catch(() => undefined);
  await jobs.idle();
  expect(jobs.state(id)).toMatchObject({ executing: 1, failed: 1 });
  expect(writer.changes).toHaveLength(recorded);
});

test('old jobs that are done are forgotten when there are too many', async () => {
  const writer = writerWith([]);
  const ids = Array.from({ length: BUILDER_LIMITS.jobsKept }, (_, i) => i + 1);
  const done = { ...executing, state: 'completed' } as const;
  const recorded = ids.map((id) => ({ id, collectionId: 3, plans: [id === 1 ? executing : done] }));
  const jobs = new CompactionJobs(writer.context, recorded, () => Promise.withResolvers<number>().promise);
  await jobs.start(writer.collection, [plan]);
  expect(writer.changes).toMatchObject([{ kind: 'putCompactionJob' }, { kind: 'forgetCompactionJobs', ids: [2] }]);
  expect(jobs.state(2)).toMatchObject({ done: true, completed: 0, plans: [] });
  expect(jobs.state(1).executing).toBe(1);
});
