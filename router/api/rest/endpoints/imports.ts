import Type from 'typebox';
import { BraidError } from '../../../../core/errors.ts';
import type { ImportFileOutput, ImportJobOutput } from '../../../operations/imports/import-jobs.ts';
import { Name, OptionalName, Settings } from '../codec/bodies.ts';
import { textsOf } from '../codec/settings.ts';
import { answer, type Endpoint, endpoint, type RestCall } from '../endpoint.ts';

const CreateBody = Type.Object({
  collectionName: Name,
  partitionName: OptionalName,
  files: Type.Array(Type.Array(Type.String()), { minItems: 1 }),
  options: Type.Optional(Settings),
});
const ListBody = Type.Object({ collectionName: OptionalName });
/** A number loses digits in some clients: texts are taken, too. */
const JobBody = Type.Object({ jobId: Type.Union([Type.String(), Type.Number(), Type.BigInt()]) });

const STATES = { pending: 'Pending', importing: 'Importing', completed: 'Completed', failed: 'Failed' } as const;

export const importEndpoints: readonly Endpoint[] = [
  endpoint('jobs/import/create', CreateBody, async (body, { operations, context }) => {
    const jobId = await operations.importFiles(context, {
      collection: body.collectionName,
      partition: body.partitionName ?? '',
      files: body.files,
      options: textsOf(body.options),
    });
    return answer({ jobId: String(jobId) });
  }),

  endpoint('jobs/import/list', ListBody, async ({ collectionName }, { operations, context }) => {
    const jobs = await operations.importJobs(context, { collection: collectionName ?? '' });
    const records = jobs.map((job) => ({ ...summaryOf(job), ...(job.reason !== '' && { reason: job.reason }) }));
    return answer({ records });
  }),

  endpoint('jobs/import/get_progress', JobBody, describe),
  endpoint('jobs/import/describe', JobBody, describe),
];

async function describe({ jobId }: { jobId: string | number | bigint }, { operations, context }: RestCall) {
  const id = Number(jobId);
  if (!Number.isSafeInteger(id)) throw new BraidError('parameterInvalid', `jobId ${jobId} is not the id of a job`);
  const job = await operations.importJob(context, { jobId: id });
  const completeTime = timeOf(job.endedAtMs);
  return answer({
    ...summaryOf(job),
    ...(job.reason !== '' && { reason: job.reason }),
    completeTime,
    fileSize: job.files.reduce((sum, file) => sum + file.byteLength, 0),
    importedRows: job.rowCount,
    totalRows: job.files.reduce((sum, file) => sum + file.totalRowCount, 0),
    details: job.files.map((file) => ({ ...detailOf(file), state: STATES[job.state], completeTime })),
  });
}

function summaryOf(job: ImportJobOutput) {
  return {
    jobId: String(job.jobId),
    collectionName: job.collection,
    state: STATES[job.state],
    progress: job.progress,
  };
}

function detailOf(file: ImportFileOutput) {
  return {
    fileName: file.path,
    fileSize: file.byteLength,
    progress: file.progress,
    importedRows: file.rowCount,
    totalRows: file.totalRowCount,
  };
}

/** Seconds, as Milvus writes them: 2024-05-18T02:57:13Z. Empty while there is none. */
function timeOf(atMs: number): string {
  return atMs === 0 ? '' : new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
