import { systemClock } from '../../core/clock.ts';
import type { Cluster } from '../../router/cluster/cluster.ts';
import type { JobsPage } from './page-shapes.ts';
import type { ProcessParts } from './process-parts.ts';

const TIMEOUT_MS = 5_000;

/** `/jobs` on a router's management port: seals and compactions of the writer, and what waits for an index. */
export async function jobsPage({ metadata }: Pick<ProcessParts, 'metadata'>, { writer }: Cluster): Promise<JobsPage> {
  const answer = await writer.listJobs({
    requestId: 'management-port',
    deadlineMs: systemClock.monotonicMs() + TIMEOUT_MS,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const { collections } = await metadata.readCatalog();
  const records = new Map(collections.map((record) => [record.id, record]));
  const nameOf = (id: number): string => records.get(id)?.name ?? `collection ${id}, dropped`;
  return {
    jobs: answer.jobs.map(({ collectionId, ...job }) => ({ ...job, collection: nameOf(collectionId) })),
    waitingIndexes: answer.waiting.flatMap(({ collectionId, rowCount, pendingIndexes }) =>
      pendingIndexes.map(({ fieldId, rowCount: waitingRows, failedReason }) => ({
        collection: nameOf(collectionId),
        field: records.get(collectionId)?.schema.fields.find(({ id }) => id === fieldId)?.name ?? String(fieldId),
        waitingRows,
        rows: rowCount,
        failedReason,
      })),
    ),
  };
}
