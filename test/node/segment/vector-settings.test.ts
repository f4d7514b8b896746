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
  expect(vectorSettings(floats, [index(5, 'FLAT', 'L2')]).store.index).toBeUndefined();
  expect(vectorSettings(bits, [index(5, 'BIN_FLAT', 'JACCARD')]).store.index).toBeUndefined();
  const hnsw = vectorSettings(floats, [index(5, 'HNSW', 'IP', { M: '24', efConstruction: '300' })]);
  expect(hnsw).toMatchObject({
    metric: 'IP',
    store: { metric: 'ip', index: { kind: 'graph', connectivity: 24, expansionAdd: 300, scalar: 'bf16' } },
  });
  expect(vectorSettings(floats, [index(5, 'AUTOINDEX', 'L2')]).store.index).toMatchObject({
    connectivity: 16,
    expansionAdd: 128,
  });
});

test('parameters beyond what the addon takes are brought into its limits', () => {
  const { index: built } = vectorSettings(floats, [
    index(5, 'HNSW', 'L2', { M: '1', efConstruction: '9999999' }),
  ]).store;
  expect(built).toMatchObject({ connectivity: 2, expansionAdd: 65_536 });
  expect(vectorSettings(floats, [index(5, 'HNSW', 'L2', { M: 'many' })]).store.index).toMatchObject({
    connectivity: 16,
  });
});

test('what is not stored as a dense vector is refused', () => {
  expect(() => vectorSettings(field(5, 's', DataType.SparseFloatVector), [])).toThrow('SparseFloatVector');
  expect(() => vectorSettings(floats, [index(5, 'HNSW', 'BM25')])).toThrow('BM25');
});

const halves = field(5, 'v', DataType.Float16Vector, { dimension: 8 });
const bytes = field(5, 'v', DataType.Int8Vector, { dimension: 8 });
const graph = { kind: 'graph', connectivity: 16, expansionAdd: 128 };

test.each([
  ['HNSW', {}, floats, { ...graph, scalar: 'bf16' }],
  ['HNSW', {}, halves, { ...graph, scalar: 'bf16' }],
  ['HNSW', {}, bytes, { ...graph, scalar: 'i8' }],
  ['HNSW_SQ', {}, floats, { ...graph, scalar: 'i8' }],
  ['HNSW_SQ', { sq_type: 'sq8' }, floats, { ...graph, scalar: 'i8' }],
  ['HNSW_SQ', { sq_type: 'FP16' }, floats, { ...graph, scalar: 'f16' }],
  ['HNSW_SQ', { sq_type: 'BF16' }, floats, { ...graph, scalar: 'bf16' }],
  ['HNSW_PQ', { m: '4' }, floats, { ...graph, scalar: 'i8' }],
  ['HNSW_PRQ', {}, halves, { ...graph, scalar: 'i8' }],
  ['DISKANN', {}, floats, { ...graph, scalar: 'i8' }],
  ['GPU_CAGRA', {}, floats, { ...graph, scalar: 'bf16' }],
  ['IVF_FLAT', { nlist: '128' }, floats, { kind: 'lists', listCount: 128, scalar: 'f32' }],
  ['IVF_FLAT', {}, halves, { kind: 'lists', listCount: 0, scalar: 'f16' }],
  ['GPU_IVF_FLAT', { nlist: '9999999' }, floats, { kind: 'lists', listCount: 65_536, scalar: 'f32' }],
  ['IVF_SQ8', { nlist: '64' }, floats, { kind: 'lists', listCount: 64, scalar: 'i8' }],
  ['IVF_PQ', { nlist: '64' }, floats, { kind: 'lists', listCount: 64, scalar: 'i8' }],
  ['IVF_RABITQ', {}, floats, { kind: 'lists', listCount: 0, scalar: 'i8' }],
  ['SCANN', {}, bytes, { kind: 'lists', listCount: 0, scalar: 'i8' }],
  ['GPU_BRUTE_FORCE', {}, floats, undefined],
])('%s %o of %s', (type, params, of, expected) => {
  expect(vectorSettings(of, [index(5, type, 'L2', params)]).store.index).toEqual(expected);
});

test('BIN_IVF_FLAT has lists of bits', () => {
  const { store } = vectorSettings(bits, [index(5, 'BIN_IVF_FLAT', 'JACCARD', { nlist: '128' })]);
  expect(store.index).toEqual({ kind: 'lists', listCount: 128, scalar: 'b1' });
});
