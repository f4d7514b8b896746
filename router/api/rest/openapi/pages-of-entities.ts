import type { EndpointPages } from './endpoint-page.ts';

const DELTA = { id: 1, title: 'The Third Man', year: 1949, plot: [0.1, 0.7, 0.2, 0.4], city: 'Vienna' };
const PLAYTIME = { id: 2, title: 'Playtime', year: 1967, plot: [0.8, 0.1, 0.5, 0.3], city: 'Paris' };
const SEARCH_PART = { data: [[0.2, 0.6, 0.2, 0.4]], annsField: 'plot', limit: 10 };
const HYBRID = {
  summary: 'Search several vectors at once and merge what they find',
  description: `Every element of \`search\` is a search of its own. \`rerank.strategy\` is \`rrf\` (reciprocal ranks; \`params.k\`, 60 by default) or \`weighted\` (\`params.weights\`, one per search; \`params.norm_score\`).`,
  example: {
    collectionName: 'films',
    search: [SEARCH_PART, { ...SEARCH_PART, filter: 'year > 1960' }],
    rerank: { strategy: 'rrf', params: { k: 60 } },
    limit: 3,
    outputFields: ['title'],
  },
  data: [{ id: 2, distance: 0.0325, title: 'Playtime' }],
  beside: { topks: [1] },
};

export const ENTITY_PAGES: EndpointPages = {
  'entities/insert': {
    summary: 'Insert rows',
    description: `\`data\` is a row or a list of rows. Keys that are no fields go into the dynamic field if the collection has one, else they are an error (1804). 64-bit integers may be
texts. Leave out keys that the server makes (\`autoID\`). A key may be stored twice: reads show the newest row. To replace, use \`entities/upsert\`.`,
    example: { collectionName: 'films', data: [DELTA, PLAYTIME] },
    data: { insertCount: 2, insertIds: [1, 2] },
  },
  'entities/upsert': {
    summary: 'Insert rows, in the place of those with the same key',
    description:
      'With `partialUpdate` the fields that a row does not name keep their values. `fieldOps: [{"fieldName": "tags", "op": "ARRAY_APPEND"}]` changes arrays: `ARRAY_APPEND`, `ARRAY_REMOVE`, `REPLACE`.',
    example: { collectionName: 'films', data: [{ ...DELTA, year: 1950 }] },
    data: { upsertCount: 1, upsertIds: [1] },
  },
  'entities/delete': {
    summary: 'Delete the rows that pass a filter',
    example: { collectionName: 'films', filter: 'id in [7, 8, 9]' },
    data: { deleteCount: 3 },
  },
  'entities/get': {
    summary: 'Rows by their keys',
    description: '`id` is a key or a list of keys; those that are not there are left out.',
    example: { collectionName: 'films', id: [1, 2], outputFields: ['title', 'city'] },
    data: [
      { id: 1, title: 'The Third Man', city: 'Vienna' },
      { id: 2, title: 'Playtime', city: 'Paris' },
    ],
  },
  'entities/query': {
    summary: 'Rows that pass a filter, by ascending key',
    description: `Templates keep values out of the text: \`"filter": "year in {years}", "exprParams": {"years": [1949, 1967]}\`. \`outputFields: ["count(*)"]\` counts;
with \`groupByFields\` it may name \`sum(x)\`, \`avg(x)\`, \`min(x)\`, \`max(x)\` and the group fields. \`orderByFields: ["year:desc"]\` gives another order; \`timezone\` and \`timeFields\` say how timestamps are shown.
Without \`outputFields\` all fields come. \`limit\` is 100 by default, \`limit + offset\` at most 16384.`,
    example: {
      collectionName: 'films',
      filter: 'year < {year} and city == "Vienna"',
      exprParams: { year: 1960 },
      outputFields: ['title', 'year'],
      limit: 10,
    },
    data: [{ id: 1, title: 'The Third Man', year: 1950 }],
  },
  'entities/search': {
    summary: 'The rows nearest to one or more vectors',
    description: `The hits of all query vectors stand one after the other in \`data\`; \`topks\` says how many belong to each. \`distance\` is larger for nearer with COSINE and IP, smaller with L2.
\`searchParams.params\` holds the parameters of the index (\`ef\`, \`nprobe\`, ...) and \`radius\` and \`range_filter\` of a range search. Instead of \`data\`, \`ids\` searches with the vectors of stored rows.`,
    example: {
      collectionName: 'films',
      data: [[0.2, 0.6, 0.2, 0.4]],
      annsField: 'plot',
      limit: 2,
      filter: 'year >= 1940',
      outputFields: ['title'],
      searchParams: { params: { ef: 64 } },
    },
    data: [
      { id: 1, distance: 0.981, title: 'The Third Man' },
      { id: 2, distance: 0.619, title: 'Playtime' },
    ],
    beside: { topks: [2] },
  },
  'entities/hybrid_search': HYBRID,
  'entities/advanced_search': { ...HYBRID, description: 'An older name of `entities/hybrid_search`.' },
};
