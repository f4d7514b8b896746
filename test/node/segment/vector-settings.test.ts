import { expect, test } from 'vitest';
import { DataType } from '../../../core/schema/data-type.ts';
import { vectorSettings } from '../../../node/segment/vector-settings.ts';
import { field, index } from './fixture.ts';

const floats = field(5, 'v', DataType.FloatVector, { dimension: 8 });
const bits = field(5, 'v', DataType.BinaryVector, { dimension: 16 });

test('without an index rows are scanned, with the default metric of their type', () => {
  expect(vectorSettings(floats, [])).toEqual({
    metric: 'COSINE',
    store: { dimensions: 8, scalar: 'f32', metric: 'cosine' },
  });
  expect(vectorSettings(bits, [index(6, 'HNSW', 'L2')])).toMatchObject({
    metric: 'HAMMING',
    store: { metric: 'hamming' },
  });
});

test('FLAT has no graph, other types have one with their parameters', () => {
  expect(vectorSettings(floats, [index(5, 'FLAT', 'L2')]).store.graph).toBeUndefined();
  expect(vectorSettings(bits, [index(5, 'BIN_FLAT', 'JACCARD')]).store.graph).toBeUndefined();
  const hnsw = vectorSettings(floats, [index(5, 'HNSW', 'IP', { M: '24', efConstruction: '300' })]);
  expect(hnsw).toMatchObject({
    metric: 'IP',
    store: { metric: 'ip', graph: { connectivity: 24, expansionAdd: 300, scalar: 'bf16' } },
  });
  expect(vectorSettings(floats, [index(5, 'AUTOINDEX', 'L2')]).store.graph?.connectivity).toBeGreaterThan(8);
  expect(vectorSettings(bits, [index(5, 'BIN_IVF_FLAT', 'JACCARD', { nlist: '128' })]).store.graph?.scalar).toBe('b1');
});

test('parameters beyond what the addon takes are brought into its limits', () => {
  const { graph } = vectorSettings(floats, [index(5, 'HNSW', 'L2', { M: '1', efConstruction: '9999999' })]).store;
  expect(graph).toMatchObject({ connectivity: 2, expansionAdd: 65_536 });
  expect(vectorSettings(floats, [index(5, 'HNSW', 'L2', { M: 'many' })]).store.graph?.connectivity).toBeGreaterThan(8);
});

test('what is not stored as a dense vector is refused', () => {
  expect(() => vectorSettings(field(5, 's', DataType.SparseFloatVector), [])).toThrow('SparseFloatVector');
  expect(() => vectorSettings(floats, [index(5, 'HNSW', 'BM25')])).toThrow('BM25');
});
