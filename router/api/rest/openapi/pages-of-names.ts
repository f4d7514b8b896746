import type { EndpointPages } from './endpoint-page.ts';

const films = { collectionName: 'films' };
const classics = { ...films, partitionName: 'classics' };
const byPlot = { ...films, indexName: 'by_plot' };
const archive = { dbName: 'archive' };

export const DATABASE_PAGES: EndpointPages = {
  'databases/create': {
    summary: 'Create a database',
    description: 'Up to 64. A name that is taken is an error.',
    example: { ...archive, properties: { timezone: 'Europe/Vienna' } },
  },
  'databases/list': { summary: 'Names of the databases', example: {}, data: ['default', 'archive'] },
  'databases/describe': {
    summary: 'Id and properties of a database',
    example: archive,
    data: { dbName: 'archive', dbID: 1102, properties: [{ key: 'timezone', value: 'Europe/Vienna' }] },
  },
  'databases/alter': {
    summary: 'Set properties of a database',
    example: { ...archive, properties: { 'database.max.collections': 10 } },
  },
  'databases/drop_properties': {
    summary: 'Remove properties of a database',
    example: { ...archive, propertyKeys: ['database.max.collections'] },
  },
  'databases/drop': { summary: 'Drop a database that has no collections', example: archive },
};

export const PARTITION_PAGES: EndpointPages = {
  'partitions/create': {
    summary: 'Create a partition',
    description: 'Not in a collection with a partition key: there the server has made them, and routes by key.',
    example: classics,
  },
  'partitions/list': { summary: 'Names of the partitions', example: films, data: ['_default', 'classics'] },
  'partitions/has': { summary: 'Whether a partition is there', example: classics, data: { has: true } },
  'partitions/get_stats': { summary: 'Stored rows of a partition', example: classics, data: { rowCount: 0 } },
  'partitions/load': {
    summary: 'Make partitions ready to be searched',
    example: { ...films, partitionNames: ['classics'] },
  },
  'partitions/release': {
    summary: 'Take partitions out of memory',
    example: { ...films, partitionNames: ['classics'] },
  },
  'partitions/drop': { summary: 'Drop a partition that is not loaded, with its rows', example: classics },
};

export const INDEX_PAGES: EndpointPages = {
  'indexes/create': {
    summary: 'Create indexes',
    description:
      'One per field; JSON fields may have one per path. `indexType` and `metricType` may stand beside `params` or in it. The same definition again is success.',
    example: {
      ...films,
      indexParams: [{ fieldName: 'year', indexName: 'by_year', indexType: 'STL_SORT' }],
    },
  },
  'indexes/list': { summary: 'Names of the indexes', example: films, data: ['by_plot', 'by_year'] },
  'indexes/describe': {
    summary: 'Definition and progress of an index',
    example: byPlot,
    data: [
      {
        indexName: 'by_plot',
        fieldName: 'plot',
        indexType: 'HNSW',
        metricType: 'COSINE',
        indexState: 'Finished',
        totalRows: 2,
        indexedRows: 2,
        pendingRows: 0,
        failReason: '',
      },
    ],
  },
  'indexes/alter_properties': {
    summary: 'Set properties of an index',
    description: 'Only while the collection is released (104).',
    example: { ...byPlot, properties: { 'mmap.enabled': true } },
  },
  'indexes/drop_properties': {
    summary: 'Remove properties of an index',
    example: { ...byPlot, propertyKeys: ['mmap.enabled'] },
  },
  'indexes/drop': {
    summary: 'Drop an index',
    description: 'That of a vector only while the collection is released.',
    example: { ...films, indexName: 'by_year' },
  },
};

export const ALIAS_PAGES: EndpointPages = {
  'aliases/create': {
    summary: 'Give a collection a second name',
    description: 'Aliases and collections of a database share their names (1601, 1602).',
    example: { ...films, aliasName: 'current' },
  },
  'aliases/list': {
    summary: 'Aliases of a collection, or of all collections of the database',
    example: films,
    data: ['current'],
  },
  'aliases/describe': {
    summary: 'What an alias stands for',
    example: { aliasName: 'current' },
    data: { aliasName: 'current', collectionName: 'films', dbName: 'default' },
  },
  'aliases/alter': {
    summary: 'Point an alias to another collection',
    description: 'In one step: searches by the alias go to the old collection or to the new one, never to none.',
    example: { ...films, aliasName: 'current' },
  },
  'aliases/drop': { summary: 'Drop an alias', example: { aliasName: 'current' } },
};
