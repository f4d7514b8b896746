import { type ErrorCase, loaded, loadedRest, query, UNLOADED, vectorOf } from './error-case.ts';

const search = { ...loaded, data: query, limit: 3 };
const searchRest = { ...loadedRest, data: [query], limit: 3 };
const manyQueries = Array.from({ length: 400 }, (_, i) => vectorOf(i));

export const SEARCH_ERROR_CASES: readonly ErrorCase[] = [
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
];
