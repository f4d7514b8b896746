import { BraidError } from '../../../core/errors.ts';
import type { ImportJobState } from '../../../core/import-job.ts';
import type { ImportJobMessage } from '../../../proto/generated/node.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';
import { sees } from '../visibility.ts';

export interface ImportJobsInput {
  /** Empty: of every collection. */
  readonly collection: string;
}

export interface ImportJobInput {
  readonly jobId: number;
}

export interface ImportJobOutput {
  readonly jobId: number;
  readonly collectionId: number;
  /** Empty when the collection is gone. */
  readonly collection: string;
  /** Empty: by the partition key. */
  readonly partition: string;
  readonly state: ImportJobState;
  /** Why it failed: file, row (counted from 0), field and value. */
  readonly reason: string;
  /** 0 to 100; 100 only when every row is visible. */
  readonly progress: number;
  /** Imported, or read so far. */
  readonly rowCount: number;
  readonly segmentIds: readonly number[];
  readonly createdAtMs: number;
  /** 0 while it is neither completed nor failed. */
  readonly endedAtMs: number;
  readonly files: readonly ImportFileOutput[];
}

export interface ImportFileOutput {
  readonly path: string;
  readonly byteLength: number;
  /** 0 to 100: how much of it was read. */
  readonly progress: number;
  readonly rowCount: number;
  readonly totalRowCount: number;
}

/** Newest first. */
export async function importJobs(
  cluster: Cluster,
  context: RequestContext,
  input: ImportJobsInput,
): Promise<readonly ImportJobOutput[]> {
  const collectionId =
    input.collection === ''
      ? 0
      : await cluster.catalog.read((catalog) => catalog.collection(context.database, input.collection).id);
  const jobs = await cluster.writer.importJobs(context, collectionId, 0);
  return Promise.all(jobs.map((job) => outputOf(cluster, job)));
}

export async function importJob(
  cluster: Cluster,
  context: RequestContext,
  input: ImportJobInput,
): Promise<ImportJobOutput> {
  const [job] = await cluster.writer.importJobs(context, 0, input.jobId);
  if (job && input.jobId !== 0 && isSeen(cluster, context, job)) return outputOf(cluster, job);
  throw new BraidError('importFailed', `importing data failed: import job does not exist, jobID=${input.jobId}`);
}

/** A job is there for whom its collection is; one of a collection that is gone for everybody who may ask for jobs. */
function isSeen(cluster: Cluster, context: RequestContext, job: ImportJobMessage): boolean {
  const catalog = cluster.catalog.current;
  const record = catalog.findCollectionById(job.collectionId);
  return !record || sees(context, catalog.databaseById(record.databaseId).name, record.name);
}

async function outputOf(cluster: Cluster, job: ImportJobMessage): Promise<ImportJobOutput> {
  const record = await cluster.catalog.read((catalog) => catalog.findCollectionById(job.collectionId));
  const partition = record?.partitions.find(({ id }) => id === job.partitionId);
  return {
    ...job,
    state: job.state as ImportJobState,
    collection: record?.name ?? '',
    partition: partition?.name ?? '',
    files: job.files.map(({ path, byteLength, readBytes, rowCount, totalRowCount }) => {
      const progress = byteLength === 0 ? 0 : Math.floor((100 * readBytes) / byteLength);
      return { path, byteLength, progress, rowCount, totalRowCount };
    }),
  };
}
