import { expect, test } from 'vitest';
import type { ApiClient } from '../../../cli/client/api-client.ts';
import { measureRecall } from '../../../cli/client/measure-recall.ts';

const BODY = { collectionName: 'books', limit: 4 };
const options = { signal: new AbortController().signal, onProgress: () => {} };

/** A server whose plain searches give these distances, and whose exact ones those. */
function server(metricType: string, plain: readonly number[], exact: readonly number[]): ApiClient {
  const call = async (path: string, { searchParams }: { searchParams?: object }) => {
    if (path === 'collections/describe')
      return { fields: [{ name: 'id', primaryKey: true }], indexes: [{ fieldName: 'vector', metricType }] };
    return (searchParams ? exact : plain).map((distance) => ({ distance }));
  };
  return { call } as unknown as ApiClient;
}

test.each([
  ['L2', [0, 1, 2, 9], [0, 1, 2, 3], 0.75],
  ['COSINE', [0.9, 0.8, 0.1, 0], [0.9, 0.8, 0.7, 0.6], 0.5],
  ['IP', [-1, -2, -3, -4], [-1, -2, -3, -4], 1],
  ['L2', [0, 1, 3.00001, 3], [0, 1, 3, 3], 1],
  ['L2', [], [1, 2], 0],
  ['L2', [], [], Number.NaN],
])('%s: plain %j, exact %j', async (metric, plain, exact, recall) => {
  expect(await measureRecall(server(metric, plain, exact), [BODY, BODY], options)).toBe(recall);
});
