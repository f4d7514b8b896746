import { expect, test } from 'vitest';
import { DataType } from '../../../core/schema/data-type.ts';
import { validateField } from '../../../core/schema/validate-field.ts';
import { validateIndex } from '../../../core/schema/validate-index.ts';

function fieldOf(dataType: DataType) {
  const typeParams = { dim: '64', max_length: '10' };
  return validateField(
    {
      name: 'f',
      description: '',
      dataType,
      isPrimaryKey: false,
      autoId: false,
      nullable: false,
      isPartitionKey: false,
      isClusteringKey: false,
      typeParams,
    },
    101,
  );
}

test.each([
  ['nothing', DataType.FloatVector, {}, { index_type: 'AUTOINDEX', metric_type: 'COSINE' }],
  ['nothing for binary vectors', DataType.BinaryVector, {}, { index_type: 'AUTOINDEX', metric_type: 'HAMMING' }],
  ['nothing for a scalar', DataType.VarChar, {}, { index_type: 'AUTOINDEX' }],
  [
    'lower case',
    DataType.FloatVector,
    { index_type: 'hnsw', metric_type: 'l2' },
    { index_type: 'HNSW', metric_type: 'L2' },
  ],
  [
    'parameters in JSON',
    DataType.FloatVector,
    { params: '{"M": 16, "efConstruction": "200", "metric_type": "IP", "index_type": "HNSW"}' },
    { M: '16', efConstruction: '200', index_type: 'HNSW', metric_type: 'IP' },
  ],
  [
    'flat binary',
    DataType.BinaryVector,
    { index_type: 'BIN_FLAT', metric_type: 'JACCARD' },
    { index_type: 'BIN_FLAT', metric_type: 'JACCARD' },
  ],
  [
    'an index of a JSON path',
    DataType.JSON,
    { index_type: 'inverted', json_cast_type: 'double', json_path: 'f["a"]' },
    { index_type: 'INVERTED', json_cast_type: 'double', json_path: 'f["a"]' },
  ],
  [
    'every parameter of HNSW_SQ',
    DataType.FloatVector,
    { index_type: 'HNSW_SQ', params: '{"M": null, "sq_type": "sq8", "refine": true, "refine_type": "FP32", "own": 1}' },
    {
      M: 'null',
      sq_type: 'sq8',
      refine: 'true',
      refine_type: 'FP32',
      own: '1',
      index_type: 'HNSW_SQ',
      metric_type: 'COSINE',
    },
  ],
  [
    'lists',
    DataType.Float16Vector,
    { index_type: 'ivf_flat', metric_type: 'IP', nlist: '128' },
    { nlist: '128', index_type: 'IVF_FLAT', metric_type: 'IP' },
  ],
  ['a scalar index', DataType.VarChar, { index_type: 'TRIE' }, { index_type: 'Trie' }],
])('completes %s', (_, dataType, given, expected) => {
  expect(validateIndex(fieldOf(dataType), given as unknown as Record<string, string>)).toEqual(expected);
});

test.each([
  [
    'an index it has not',
    DataType.FloatVector,
    { index_type: 'ANNOY' },
    'invalid index type: ANNOY for field f of FloatVector, supported: [AUTOINDEX FLAT HNSW HNSW_SQ',
  ],
  [
    'a float index for bits',
    DataType.BinaryVector,
    { index_type: 'FLAT' },
    'supported: [AUTOINDEX BIN_FLAT BIN_IVF_FLAT HNSW]',
  ],
  [
    'a vector index for a scalar',
    DataType.Int64,
    { index_type: 'HNSW' },
    'invalid index type: HNSW for field f of Int64',
  ],
  [
    'a metric that does not fit',
    DataType.FloatVector,
    { metric_type: 'HAMMING' },
    'metric type HAMMING not found or not supported for field f of FloatVector, supported: [L2 IP COSINE]',
  ],
  ['an unknown metric', DataType.FloatVector, { metric_type: 'FAR' }, 'metric type FAR is not supported'],
  [
    'M out of range',
    DataType.FloatVector,
    { index_type: 'HNSW', params: '{"M": 1}' },
    "param 'M' (1) should be in range [2, 2048]",
  ],
  [
    'lists of an HNSW graph for bits',
    DataType.BinaryVector,
    { index_type: 'IVF_FLAT' },
    'invalid index type: IVF_FLAT',
  ],
  ['params that are no JSON', DataType.FloatVector, { params: '{' }, 'index params are not JSON: {'],
  [
    'a bitmap of doubles',
    DataType.Double,
    { index_type: 'BITMAP' },
    'bitmap index are only supported on bool, int, string',
  ],
  ['a sorted index of JSON', DataType.JSON, { index_type: 'STL_SORT' }, 'STL_SORT are only supported on numeric'],
  ['an R-tree of texts', DataType.VarChar, { index_type: 'RTREE' }, 'RTREE index can only be built on geometry field'],
  ['n-grams of numbers', DataType.Int64, { index_type: 'NGRAM' }, 'Ngram index can only be created on VARCHAR or JSON'],
  ['JSON without a cast type', DataType.JSON, { index_type: 'INVERTED' }, 'json index must specify cast type'],
  ['JSON with a wrong cast type', DataType.JSON, { json_cast_type: 'INT' }, 'json_cast_type INT is not supported'],
  [
    'JSON with a wrong path',
    DataType.JSON,
    { json_cast_type: 'DOUBLE', json_path: 'x["a"]' },
    'json_path x["a"] does not begin with the name of the field',
  ],
  ['JSON with a broken path', DataType.JSON, { json_cast_type: 'DOUBLE', json_path: 'f[' }, 'expected a quoted key'],
  [
    'JSON with a condition for a path',
    DataType.JSON,
    { json_cast_type: 'DOUBLE', json_path: 'f == 1' },
    'is no path of a JSON field',
  ],
  ['a trie of numbers', DataType.Int64, { index_type: 'Trie' }, 'TRIE are only supported on varchar field'],
])('refuses %s', (_, dataType, given, message) => {
  expect(() => validateIndex(fieldOf(dataType), given as unknown as Record<string, string>)).toThrow(message);
});

test.each([
  ['HNSW', 'M', '2049', "param 'M' (2049) should be in range [2, 2048]"],
  ['HNSW_SQ', 'efConstruction', '-1', "param 'efConstruction' (-1) should be in range [1, 2147483647]"],
  ['HNSW', 'M', '"many"', "invalid integer value, key: 'M', value: 'many'"],
  ['HNSW', 'M', 'true', "invalid integer value, key: 'M', value: 'true'"],
  ['HNSW_SQ', 'sq_type', '"FP32"', 'invalid scalar quantizer type'],
  ['HNSW_SQ', 'refine', '1', 'should be a boolean'],
  ['HNSW_SQ', 'refine_type', '"INT8"', 'invalid refine type : INT8, optional types are [sq4u, sq6, sq8, fp16, bf16'],
  ['HNSW_PQ', 'm', '7', 'should be a multiple of the number of subquantizers (m)'],
  ['HNSW_PQ', 'nbits', '25', "param 'nbits' (25) should be in range [1, 24]"],
  ['IVF_FLAT', 'nlist', '0', "param 'nlist' (0) should be in range [1, 65536]"],
  ['IVF_SQ8', 'nlist', '65537', "param 'nlist' (65537) should be in range [1, 65536]"],
  ['IVF_RABITQ', 'refine_type', '"PQ"', 'invalid refine type : PQ, optional types are [sq6, sq8,'],
  ['SCANN', 'with_raw_data', '"maybe"', 'should be a boolean'],
])('of %s: %s %s is refused', (indexType, name, value, message) => {
  const given = { index_type: indexType, params: `{"${name}": ${value}}` };
  expect(() => validateIndex(fieldOf(DataType.FloatVector), given)).toThrow(message);
});
