import { ImportState } from '../../../../proto/generated/milvus/common.ts';
import {
  GetImportStateResponse,
  ImportResponse,
  ListImportTasksResponse,
} from '../../../../proto/generated/milvus/import.ts';
import type { ImportJobOutput } from '../../../operations/imports/import-jobs.ts';
import type { Operations } from '../../../operations/operations.ts';
import { pairsOf, recordOf } from '../codec/key-values.ts';
import { SUCCESS } from '../codec/status.ts';
import type { Handlers } from '../milvus-rpc.ts';

const STATES = {
  pending: ImportState.ImportPending,
  importing: ImportState.ImportStarted,
  completed: ImportState.ImportCompleted,
  failed: ImportState.ImportFailed,
} as const;

/** Bulk imports, one task per job. */
export function importHandlers(operations: Operations) {
  return {
    import: async ({ collectionName, partitionName, files, options }, context) => {
      const jobId = await operations.importFiles(context, {
        collection: collectionName,
        partition: partitionName,
        files: files.map((path) => [path]),
        options: recordOf(options),
      });
      return ImportResponse.create({ status: SUCCESS, tasks: [BigInt(jobId)] });
    },

    getImportState: async ({ task }, context) => {
      const job = await operations.importJob(context, { jobId: Number(task) });
      return GetImportStateResponse.create({ ...stateOf(job), status: SUCCESS });
    },

    listImportTasks: async ({ collectionName, limit }, context) => {
      const jobs = await operations.importJobs(context, { collection: collectionName });
      const wanted = limit > 0n ? jobs.slice(0, Number(limit)) : jobs;
      return ListImportTasksResponse.create({
        status: SUCCESS,
        tasks: wanted.map((job) => GetImportStateResponse.create({ ...stateOf(job), status: SUCCESS })),
      });
    },
  } satisfies Handlers;
}

/** The keys of `infos` are those pymilvus reads (client/types.py, BulkInsertState). */
function stateOf(job: ImportJobOutput) {
  return {
    state: STATES[job.state],
    rowCount: BigInt(job.rowCount),
    id: BigInt(job.jobId),
    collectionId: BigInt(job.collectionId),
    segmentIds: job.segmentIds.map(BigInt),
    createTs: BigInt(Math.floor(job.createdAtMs / 1_000)),
    infos: pairsOf({
      failed_reason: job.reason,
      progress_percent: String(job.progress),
      files: job.files.map(({ path }) => path).join(','),
      collection: job.collection,
      partition: job.partition,
    }),
  };
}
