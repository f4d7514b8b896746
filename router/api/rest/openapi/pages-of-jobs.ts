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
  'segments/describe': {
    summary: 'Segments of a collection, or some of them',
    example: { collectionName: 'films', segmentIDs: [1702] },
    data: {
      segmentInfos: [
        {
          segmentID: 1702,
          collectionID: 1101,
          partitionID: 1103,
          numRows: 1_000,
          state: 'Flushed',
          level: 'L1',
          isSorted: true,
          memSize: 204_800,
          indexName: 'by_plot',
        },
      ],
    },
  },
  'resource_groups/create': {
    summary: 'Create a resource group',
    description: `Readers are in it at once if \`requests\` says so: as many as there are with its labels. The others are in \`__default_resource_group\`.`,
    example: {
      name: 'online',
      config: {
        requests: { node_num: 1 },
        limits: { node_num: 2 },
        node_filter: { node_labels: [{ key: 'disk', value: 'fast' }] },
      },
    },
    data: {},
  },
  'resource_groups/alter': {
    summary: 'Give resource groups new configurations, all or none',
    example: { resource_groups: { online: { requests: { node_num: 0 }, limits: { node_num: 0 } } } },
    data: {},
  },
  'resource_groups/drop': {
    summary: 'Drop a resource group that takes no readers and holds no replica',
    example: { name: 'online' },
    data: {},
  },
  'resource_groups/transfer_replica': {
    summary: 'Move replicas of a collection to another resource group',
    example: {
      sourceRgName: '__default_resource_group',
      targetRgName: 'online',
      collectionName: 'films',
      replicaNum: 1,
    },
    data: {},
  },
  'resource_groups/list': {
    summary: 'Names of the resource groups',
    example: {},
    data: ['__default_resource_group'],
  },
  'resource_groups/describe': {
    summary: 'Readers of a resource group, and what they have loaded',
    example: { name: '__default_resource_group' },
    data: {
      resource_group: {
        name: '__default_resource_group',
        capacity: 1_000_000,
        num_available_node: 1,
        num_loaded_replica: { films: 1 },
        num_outgoing_node: {},
        num_incoming_node: {},
        config: { requests: { node_num: 0 }, limits: { node_num: 1_000_000 } },
        nodes: [{ node_id: 1_734_029_115, address: '127.0.0.1:19531', hostname: 'reader-1' }],
      },
    },
  },
  'jobs/import/get_progress': PROGRESS,
  'jobs/import/describe': PROGRESS,
};
