import type { EndpointPages } from './endpoint-page.ts';

const PROGRESS = {
  summary: 'How far an import is',
  description:
    '`state` is Pending, Importing, Completed or Failed; `reason` names file, row, field and value of what was wrong.',
  example: { jobId: '1801' },
  data: {
    jobId: '1801',
    collectionName: 'films',
    state: 'Completed',
    progress: 100,
    completeTime: '2026-11-21T14:02:13Z',
    fileSize: 73_014,
    importedRows: 1_000,
    totalRows: 1_000,
    details: [
      {
        fileName: 'imports/films.parquet',
        fileSize: 73_014,
        progress: 100,
        importedRows: 1_000,
        totalRows: 1_000,
        state: 'Completed',
        completeTime: '2026-11-21T14:02:13Z',
      },
    ],
  },
};

export const JOB_PAGES: EndpointPages = {
  'jobs/import/create': {
    summary: 'Import files into a collection',
    description: `The files lie in the storage of the cluster: Parquet, JSON (a list, \`{"rows": [...]}\`, or a row per line) or CSV. Each inner list is one group of files. All rows become visible together, or none.`,
    example: { collectionName: 'films', files: [['imports/films.parquet']] },
    data: { jobId: '1801' },
  },
  'jobs/import/list': {
    summary: 'Imports, of one collection or of all',
    example: { collectionName: 'films' },
    data: { records: [{ jobId: '1801', collectionName: 'films', state: 'Completed', progress: 100 }] },
  },
  'jobs/import/get_progress': PROGRESS,
  'jobs/import/describe': PROGRESS,
};
