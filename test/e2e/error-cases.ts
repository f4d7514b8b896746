import { type ErrorCase, loaded, loadedRest, query, UNLOADED } from './error-case.ts';
import { SEARCH_ERROR_CASES } from './search-error-cases.ts';

const rowWith = (vector: unknown): object => ({ id: 9, label: 'nine', vector });

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
];

/** What callers get wrong, and what they must be told: Milvus' codes, and a message with the value and the limit. */
export const ERROR_CASES: readonly ErrorCase[] = [...inserts, ...SEARCH_ERROR_CASES, ...others];
