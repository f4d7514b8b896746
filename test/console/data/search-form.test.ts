import { describe, expect, test } from 'vitest';
import { errorPlace } from '../../../console/src/data/error-place.ts';
import type { CollectionDescription } from '../../../console/src/data/rest-shapes.ts';
import { type SearchInput, searchRequest } from '../../../console/src/data/search-request.ts';
import { fieldsToSearch, fieldsToShow, waysToSearch } from '../../../console/src/data/searchable-fields.ts';
import { snippetsOf } from '../../../console/src/data/snippets.ts';

const INPUT: SearchInput = {
  database: 'default',
  collection: 'books',
  by: 'ids',
  query: ' 4, 5 ',
  filter: '',
  outputFields: ['title'],
  annsField: 'vector',
  limit: 3,
};

const field = (name: string, type: string, primaryKey = false) =>
  ({ name, type, primaryKey }) as CollectionDescription['fields'][number];
const DESCRIBED = {
  fields: [
    field('id', 'Int64', true),
    field('title', 'VarChar'),
    field('plain', 'FloatVector'),
    field('words', 'SparseFloatVector'),
    field('vector', 'FloatVector'),
  ],
  functions: [{ name: 'bm25', type: 'BM25', inputFieldNames: ['title'], outputFieldNames: ['words'] }],
  indexes: [{ fieldName: 'vector', indexName: 'vector' }],
} as unknown as CollectionDescription;

describe('the body of a search', () => {
  test('by ids, by a vector, by a text', () => {
    expect(searchRequest(INPUT)).toEqual({
      dbName: 'default',
      collectionName: 'books',
      ids: ['4', '5'],
      annsField: 'vector',
      limit: 3,
      outputFields: ['title'],
    });
    expect(searchRequest({ ...INPUT, by: 'vector', query: '{"7": 0.5}' })).toMatchObject({ data: [{ 7: 0.5 }] });
    expect(searchRequest({ ...INPUT, by: 'text', query: '[1]', filter: 'a > 1' })).toMatchObject({
      data: ['[1]'],
      filter: 'a > 1',
    });
  });

  test('what cannot be sent is said in words', () => {
    expect(() => searchRequest({ ...INPUT, by: 'vector', query: '[0.5' })).toThrow('the vector must be JSON');
    expect(() => searchRequest({ ...INPUT, query: ' ' })).toThrow('name the id of a row');
    expect(() => searchRequest({ ...INPUT, collection: '' })).toThrow('there is no collection');
  });
});

test('what can be searched follows from the schema', () => {
  expect(waysToSearch(DESCRIBED)).toEqual(['ids', 'vector', 'text']);
  expect(waysToSearch(undefined)).toEqual(['ids', 'vector']);
  expect(fieldsToSearch(DESCRIBED, 'text')).toEqual(['words']);
  expect(fieldsToSearch(DESCRIBED, 'vector')).toEqual(['vector', 'plain']);
  expect(fieldsToShow(DESCRIBED)).toEqual(['title']);
});

test.each([
  ['failed to create query plan: cannot parse expression: x, error: field x not exist (code 1100)', 'filter'],
  ['search by ids: no row has the primary key 42 (code 1100)', 'query'],
  ['the vector must be JSON, such as [0.1, 0.2]: Unexpected end', 'query'],
  ['vector dimension mismatch, expected vector size(byte) 64, actual 8', 'query'],
  ['limit (0) is invalid', 'limit'],
  ['the process that served this page does not answer', 'form'],
])('"%s" stands at the %s', (message, place) => {
  expect(errorPlace(message)).toBe(place);
});

test('the same search as code: quotes survive the shell, keys are numbers, tokens only where they are needed', () => {
  const request = searchRequest({ ...INPUT, filter: `title == "it's"` });
  const [curl, node, python] = snippetsOf(request, '10.0.0.5:19530', false);
  expect(curl!.code).toContain('curl -s http://10.0.0.5:19530/v2/vectordb/entities/search');
  expect(curl!.code).toContain(`it'\\''s`);
  expect(node!.code).toContain("address: '10.0.0.5:19530'");
  expect(node!.code).toContain('ids: [4,5]');
  expect(python!.code).toContain('uri="http://10.0.0.5:19530"');
  expect(python!.code).toContain('collection_name="books"');
  expect(snippetsOf(request, 'a:1', false).some(({ code }) => /token|authorization/i.test(code))).toBe(false);
  expect(snippetsOf(request, 'a:1', true).every(({ code }) => /token|authorization/i.test(code))).toBe(true);
});

test('the body in the curl line is the request', () => {
  const request = searchRequest({ ...INPUT, by: 'vector', query: '[0.5, -1e-7, 3]' });
  const { code } = snippetsOf(request, 'a:1', false)[0]!;
  const body = /-d '([\s\S]*)'$/.exec(code)![1]!;
  expect(JSON.parse(body)).toEqual(request);
  expect(body).toContain('[0.5,-1e-7,3]');
});
