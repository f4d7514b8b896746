import type { MilvusClient } from '@zilliz/milvus2-sdk-node';

/** Collections the cases speak of: one loaded, of this dimension, metric L2 and without dynamic fields; one with an index that is not loaded. */
export const LOADED = 'errors_loaded';
export const UNLOADED = 'errors_unloaded';
export const DIM = 8;

interface Status {
  readonly code?: number;
  readonly error_code: string | number;
  readonly reason: string;
}

export interface ErrorCase {
  readonly name: string;
  /** Absent where the SDK cannot send such a request. */
  readonly sdk?: (client: MilvusClient) => Promise<Status | { readonly status: Status }>;
  readonly rest?: readonly [path: string, body: object | string];
  readonly code: number;
  /** REST has a few codes of its own. */
  readonly restCode?: number;
  /** Milvus' older code, by name. */
  readonly legacy: string;
  readonly message: RegExp;
  /** Where REST must use other words. */
  readonly restMessage?: RegExp;
}

export const vectorOf = (i: number): number[] => Array.from({ length: DIM }, (_, d) => Math.sin(i * 0.7 + d));

const query = vectorOf(1);
const loaded = { collection_name: LOADED };
const loadedRest = { collectionName: LOADED };
const search = { ...loaded, data: query, limit: 3 };
const searchRest = { ...loadedRest, data: [query], limit: 3 };
const rowWith = (vector: unknown): object => ({ id: 9, label: 'nine', vector });
const manyQueries = Array.from({ length: 400 }, (_, i) => vectorOf(i));

const inserts: readonly ErrorCase[] = [
  {
    name: 'insert: wrong dimension',
    rest: ['entities/insert', { ...loadedRest, data: [rowWith([1, 2, 3])] }],
    sdk: (client) => client.insert({ ...loaded, data: [rowWith([1, 2, 3])] as never }),
    code: 1100,
    legacy: 'IllegalArgument',
    message: /vector.*3.*8|8.*3/,
  },
  {
    name: 'insert: a value that is not a number',
    sdk: (client) => client.insert({ ...loaded, data: [rowWith([Number.NaN, ...query.slice(1)])] as never }),
    rest: [
      'entities/insert',
      JSON.stringify({ ...loadedRest, data: [rowWith([777, ...query.slice(1)])] }).replace('777', '1e39'),
    ],
    code: 1100,
    legacy: 'IllegalArgument',
    message: /not a number or infinity/i,
  },
  {
    name: 'insert: unknown field',
    rest: ['entities/insert', { ...loadedRest, data: [{ id: 9, label: 'nine', vector: query, shoe_size: 46 }] }],
    code: 1804,
    legacy: '',
    message: /shoe_size/,
  },
  {
    name: 'insert: text longer than max_length',
    sdk: (client) => client.insert({ ...loaded, data: [{ id: 9, label: 'x'.repeat(33), vector: query }] }),
    rest: ['entities/insert', { ...loadedRest, data: [{ id: 9, label: 'x'.repeat(33), vector: query }] }],
    code: 1100,
    legacy: 'IllegalArgument',
    message: /label.*33.*32|label.*32.*33/,
  },
  {
    name: 'insert: unknown partition',
    sdk: (client) => client.insert({ ...loaded, partition_name: 'cellar', data: [rowWith(query)] as never }),
    rest: ['entities/insert', { ...loadedRest, partitionName: 'cellar', data: [rowWith(query)] }],
    code: 200,
    legacy: 'MetaFailed',
    message: /partition not found\[partition=cellar\]/,
  },
  {
    name: 'insert: unknown collection',
    // The SDK throws the answer to its DescribeCollection.
    sdk: (client) =>
      client.insert({ collection_name: 'nobody', data: [rowWith(query)] as never }).catch((thrown) => thrown),
    rest: ['entities/insert', { collectionName: 'nobody', data: [rowWith(query)] }],
    code: 100,
    legacy: 'CollectionNotExists',
    message: /can't find collection\[database=default\]\[collection=nobody\]/,
  },
];

const searches: readonly ErrorCase[] = [
  {
    name: 'search: wrong dimension',
    sdk: (client) => client.search({ ...search, data: [1, 2, 3] }),
    rest: ['entities/search', { ...searchRest, data: [[1, 2, 3]] }],
    code: 1100,
    legacy: 'IllegalArgument',
    message: /dimension mismatch, expected vector size\(byte\) 32, actual 12/,
    restMessage: /3 elements, expected 8/,
  },
  {
    name: 'search: a value that is not a number',
    sdk: (client) => client.search({ ...search, data: [Number.NaN, ...query.slice(1)] }),
    code: 1100,
    legacy: 'IllegalArgument',
    message: /query vector 0 has a value that is not a number/,
  },
  {
    name: 'search: k = 0',
    sdk: (client) =>
      client.search({
        ...loaded,
        data: query,
        search_params: { anns_field: 'vector', topk: 0, metric_type: 'L2', params: '{}' },
      } as never),
    rest: ['entities/search', { ...searchRest, limit: 0 }],
    code: 1100,
    legacy: 'IllegalArgument',
    message: /topk \[0\] is invalid, it should be in range \[1, 16384\]/,
  },
  {
    name: 'search: k = 16385',
    sdk: (client) => client.search({ ...search, limit: 16_385 }),
    rest: ['entities/search', { ...searchRest, limit: 16_385 }],
    code: 1100,
    legacy: 'IllegalArgument',
    message: /topk \[16385\] is invalid, it should be in range \[1, 16384\]/,
  },
  {
    name: 'search: offset + k = 16385',
    sdk: (client) => client.search({ ...search, limit: 16_000, offset: 385 }),
    rest: ['entities/search', { ...searchRest, limit: 16_000, offset: 385 }],
    code: 1100,
    legacy: 'IllegalArgument',
    message: /\(offset\+limit\) should be in range \[1, 16384\], but got 16385/,
  },
  {
    name: 'search: nq * k beyond the bound',
    sdk: (client) => client.search({ ...search, data: manyQueries, limit: 16_384 }),
    rest: ['entities/search', { ...searchRest, data: manyQueries, limit: 16_384 }],
    code: 1100,
    legacy: 'IllegalArgument',
    message: /at most 5000000, but got 400 \* 16384 = 6553600/,
  },
  {
    name: 'search: malformed filter',
    sdk: (client) => client.search({ ...search, filter: 'id > > 3' }),
    rest: ['entities/search', { ...searchRest, filter: 'id > > 3' }],
    code: 1100,
    legacy: 'IllegalArgument',
    message: /failed to create query plan: cannot parse expression: id > > 3/,
  },
  {
    name: 'search: filter on an unknown field',
    sdk: (client) => client.search({ ...search, filter: 'shoe_size == 46' }),
    rest: ['entities/search', { ...searchRest, filter: 'shoe_size == 46' }],
    code: 1100,
    legacy: 'IllegalArgument',
    message: /failed to create query plan: .*shoe_size/,
  },
  {
    name: 'search: unknown output field',
    sdk: (client) => client.search({ ...search, output_fields: ['shoe_size'] }),
    rest: ['entities/search', { ...searchRest, outputFields: ['shoe_size'] }],
    code: 1100,
    legacy: 'UnexpectedError',
    message: /field shoe_size not exist/,
  },
  {
    name: 'search: another metric than the index has',
    sdk: (client) => client.search({ ...search, metric_type: 'COSINE' }),
    rest: ['entities/search', { ...searchRest, searchParams: { metricType: 'COSINE' } }],
    code: 1100,
    legacy: 'IllegalArgument',
    message: /metric type not match: invalid parameter\[expected=L2\]\[actual=COSINE\]/,
  },
  {
    name: 'search: unknown partition',
    sdk: (client) => client.search({ ...search, partition_names: ['cellar'] }),
    rest: ['entities/search', { ...searchRest, partitionNames: ['cellar'] }],
    code: 200,
    legacy: 'MetaFailed',
    message: /partition not found\[partition=cellar\]/,
  },
  {
    name: 'search: not loaded',
    sdk: (client) => client.search({ ...search, collection_name: UNLOADED }),
    rest: ['entities/search', { ...searchRest, collectionName: UNLOADED }],
    code: 101,
    legacy: 'UnexpectedError',
    message: /collection not loaded\[collection=errors_unloaded\]/,
  },
  {
    // The SDK falls over its own DescribeCollection before it searches.
    name: 'search: unknown collection',
    rest: ['entities/search', { ...searchRest, collectionName: 'nobody' }],
    code: 100,
    legacy: 'CollectionNotExists',
    message: /can't find collection\[database=default\]\[collection=nobody\]/,
  },
  {
    name: 'search: grouping',
    sdk: (client) => client.search({ ...search, group_by_field: 'label' }),
    rest: ['entities/search', { ...searchRest, groupingField: 'label' }],
    code: 3000,
    legacy: 'UnexpectedError',
    message: /group_by_field is not supported by this server/,
  },
  {
    name: 'hybrid search',
    sdk: (client) =>
      client.hybridSearch({
        ...loaded,
        data: [
          { data: query, anns_field: 'vector', limit: 3 },
          { data: vectorOf(2), anns_field: 'vector', limit: 3 },
        ],
        limit: 3,
      } as never),
    rest: ['entities/hybrid_search', { ...loadedRest, search: [{ data: [query], annsField: 'vector' }] }],
    code: 3000,
    legacy: 'UnexpectedError',
    message: /hybrid.?search.* not supported by this server/i,
  },
];

const others: readonly ErrorCase[] = [
  {
    name: 'query: limit = 16385',
    sdk: (client) => client.query({ ...loaded, filter: 'id >= 0', limit: 16_385 }),
    rest: ['entities/query', { ...loadedRest, filter: 'id >= 0', limit: 16_385 }],
    code: 1100,
    legacy: 'IllegalArgument',
    message: /\(offset\+limit\) should be in range \[1, 16384\], but got 16385/,
  },
  {
    name: 'query: unknown collection',
    sdk: (client) => client.query({ collection_name: 'nobody', filter: 'id >= 0', limit: 3 }),
    rest: ['entities/query', { collectionName: 'nobody', filter: 'id >= 0' }],
    code: 100,
    legacy: 'CollectionNotExists',
    message: /can't find collection\[database=default\]\[collection=nobody\]/,
  },
  {
    name: 'query: not loaded',
    sdk: (client) => client.query({ collection_name: UNLOADED, filter: 'id >= 0', limit: 3 }),
    rest: ['entities/query', { collectionName: UNLOADED, filter: 'id >= 0' }],
    code: 101,
    legacy: 'UnexpectedError',
    message: /collection not loaded\[collection=errors_unloaded\]/,
  },
  {
    name: 'unknown database',
    sdk: (client) => client.showCollections({ db_name: 'atlantis' }),
    rest: ['collections/list', { dbName: 'atlantis' }],
    code: 800,
    legacy: 'UnexpectedError',
    message: /database not found\[database=atlantis\]/,
  },
  {
    name: 'index of an unknown metric',
    sdk: (client) =>
      client.createIndex({ collection_name: UNLOADED, field_name: 'vector', index_type: 'HNSW', metric_type: 'L7' }),
    rest: ['indexes/create', { collectionName: UNLOADED, indexParams: [{ fieldName: 'vector', metricType: 'L7' }] }],
    code: 1100,
    legacy: 'IllegalArgument',
    message: /L7/,
  },
  {
    name: 'index on an unknown field',
    sdk: (client) => client.createIndex({ collection_name: UNLOADED, field_name: 'shoe_size', index_type: 'HNSW' }),
    rest: ['indexes/create', { collectionName: UNLOADED, indexParams: [{ fieldName: 'shoe_size' }] }],
    code: 1100,
    legacy: 'UnexpectedError',
    message: /non-exist.*shoe_size|shoe_size.*non-exist/,
  },
  {
    name: 'users',
    sdk: (client) => client.createUser({ username: 'jane', password: 'secret-7' }),
    rest: ['users/create', { userName: 'jane', password: 'secret-7' }],
    code: 3000,
    legacy: 'UnexpectedError',
    message: /CreateCredential is not supported by this server/,
    restMessage: /is not supported by this server/,
  },
  {
    name: 'roles',
    sdk: (client) => client.createRole({ roleName: 'keeper' }),
    rest: ['roles/create', { roleName: 'keeper' }],
    code: 3000,
    legacy: 'UnexpectedError',
    message: /CreateRole is not supported by this server/,
    restMessage: /is not supported by this server/,
  },
  {
    name: 'a list of roles is not an empty list',
    sdk: (client) => client.listRoles(),
    rest: ['roles/list', {}],
    code: 3000,
    legacy: 'UnexpectedError',
    message: /SelectRole is not supported by this server/,
    restMessage: /is not supported by this server/,
  },
];

/** What callers get wrong, and what they must be told: Milvus' codes, and a message with the value and the limit. */
export const ERROR_CASES: readonly ErrorCase[] = [...inserts, ...searches, ...others];
