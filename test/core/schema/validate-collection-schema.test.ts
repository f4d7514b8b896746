import { describe, expect, test } from 'vitest';
import { DataType } from '../../../core/schema/data-type.ts';
import {
  type CollectionDraft,
  type FieldDraft,
  validateCollectionSchema,
} from '../../../core/schema/validate-collection-schema.ts';

function field(name: string, dataType: DataType, change: Partial<FieldDraft> = {}): FieldDraft {
  return {
    name,
    description: '',
    dataType,
    isPrimaryKey: false,
    autoId: false,
    nullable: false,
    isPartitionKey: false,
    isClusteringKey: false,
    typeParams: {},
    ...change,
  };
}

const ID = field('id', DataType.Int64, { isPrimaryKey: true });
const VECTOR = field('vector', DataType.FloatVector, { typeParams: { dim: '768' } });

function draft(fields: readonly FieldDraft[], change: Partial<CollectionDraft> = {}): CollectionDraft {
  return {
    name: 'things',
    description: 'of all kinds',
    enableDynamicField: false,
    autoId: false,
    fields,
    functions: [],
    structs: [],
    ...change,
  };
}

const BM25 = {
  name: 'bm25',
  description: '',
  type: 'BM25',
  inputFieldNames: ['text'],
  outputFieldNames: ['sparse'],
  params: {},
};

const PAGE = field('page', DataType.Array, { elementType: DataType.Int32 });

const struct = (fields: readonly FieldDraft[]) => {
  return { name: 'items', description: '', nullable: false, fields, typeParams: { max_capacity: '8' } };
};

const varChar = (change: Partial<FieldDraft> = {}): FieldDraft =>
  field('text', DataType.VarChar, { typeParams: { max_length: '10' }, ...change });

test('a schema gets ids in the order given, its parameters as numbers, the dynamic field last', () => {
  const schema = validateCollectionSchema(
    draft([ID, VECTOR, varChar({ nullable: true, defaultValue: 'x' })], { enableDynamicField: true }),
  );
  expect(schema).toMatchObject({ name: 'things', description: 'of all kinds', enableDynamicField: true, version: 1 });
  expect(
    schema.fields.map(({ id, name, dimension, maxLength, isDynamic }) => ({
      id,
      name,
      dimension,
      maxLength,
      isDynamic,
    })),
  ).toEqual([
    { id: 100, name: 'id', dimension: undefined, maxLength: undefined, isDynamic: false },
    { id: 101, name: 'vector', dimension: 768, maxLength: undefined, isDynamic: false },
    { id: 102, name: 'text', dimension: undefined, maxLength: 10, isDynamic: false },
    { id: 103, name: '$meta', dimension: undefined, maxLength: undefined, isDynamic: true },
  ]);
  expect(schema.fields[2]).toMatchObject({ nullable: true, defaultValue: 'x', typeParams: { max_length: '10' } });
});

test('sub-fields of a struct are fields named after it, with ids behind its own', () => {
  const vectors = field('embedding', DataType.ArrayOfVector, {
    elementType: DataType.FloatVector,
    typeParams: { dim: '4', max_capacity: '3' },
  });
  const { fields, structs } = validateCollectionSchema(
    draft([ID, VECTOR], { structs: [struct([PAGE, vectors])], enableDynamicField: true }),
  );
  expect(structs).toEqual([
    {
      id: 102,
      name: 'items',
      description: '',
      maxCapacity: 3,
      fieldIds: [103, 104],
      typeParams: { max_capacity: '8' },
    },
  ]);
  expect(fields.slice(2)).toMatchObject([
    { id: 103, name: 'items[page]', elementType: DataType.Int32, maxCapacity: 8, typeParams: { max_capacity: '8' } },
    { id: 104, name: 'items[embedding]', elementType: DataType.FloatVector, maxCapacity: 3, dimension: 4 },
    { id: 105, name: '$meta' },
  ]);
});

test('the schema’s own autoID flag is the key’s', () => {
  expect(validateCollectionSchema(draft([ID, VECTOR], { autoId: true })).fields.map((each) => each.autoId)).toEqual([
    true,
    false,
  ]);
});

test.each([
  DataType.FloatVector,
  DataType.Float16Vector,
  DataType.BFloat16Vector,
  DataType.Int8Vector,
  DataType.BinaryVector,
])('vectors of type %i', (dataType) => {
  const schema = validateCollectionSchema(draft([ID, field('v', dataType, { typeParams: { dim: '"64"' } })]));
  expect(schema.fields[1]!.dimension).toBe(64);
});

describe('defaults are stored in the form of the field', () => {
  test.each([
    [DataType.Int64, 5, 5n],
    [DataType.Int64, 2n ** 62n, 2n ** 62n],
    [DataType.Int8, -128n, -128],
    [DataType.Int32, 7, 7],
    [DataType.Bool, true, true],
    [DataType.Double, 1.5, 1.5],
    [DataType.Float, 2n, 2],
  ] as const)('type %i: %s', (dataType, given, stored) => {
    const schema = validateCollectionSchema(draft([ID, VECTOR, field('n', dataType, { defaultValue: given })]));
    expect(schema.fields[2]!.defaultValue).toBe(stored);
  });

  test.each([
    [DataType.Int8, 128, '[-128, 127] is the range of field n'],
    [DataType.Int32, 1.5, 'is not equal to the type of its default value'],
    [DataType.Bool, 1, 'is not equal to the type of its default value'],
    [DataType.Float, 1e39, 'is not a number or infinity'],
    [DataType.JSON, '{}', 'type not support default_value, type:JSON, name:n'],
  ] as const)('type %i refuses %s', (dataType, given, message) => {
    expect(() => validateCollectionSchema(draft([ID, VECTOR, field('n', dataType, { defaultValue: given })]))).toThrow(
      message,
    );
  });

  test('a text is measured in bytes', () => {
    expect(() => validateCollectionSchema(draft([ID, VECTOR, varChar({ defaultValue: 'äöüäöü' })]))).toThrow(
      'the length (12) of string exceeds max length (10)',
    );
  });
});

const many = (count: number, make: (i: number) => FieldDraft): FieldDraft[] =>
  Array.from({ length: count }, (_, i) => make(i));

test.each<[string, CollectionDraft, string]>([
  ['an empty name', draft([ID, VECTOR], { name: '' }), 'collection name should not be empty'],
  [
    'a name that begins with a digit',
    draft([ID, VECTOR], { name: '1a' }),
    'the first character of a collection name must be an underscore or letter',
  ],
  [
    'a name with a blank',
    draft([ID, VECTOR], { name: 'a b' }),
    'collection name can only contain numbers, letters and underscores',
  ],
  [
    'a long name',
    draft([ID, VECTOR], { name: 'a'.repeat(256) }),
    'the length of collection name must be not greater than limit: 255',
  ],
  [
    'a bad field name',
    draft([ID, VECTOR, field('a-b', DataType.Bool)]),
    'field name can only contain numbers, letters and underscores',
  ],
  [
    '$meta as a field',
    draft([ID, VECTOR, field('$meta', DataType.JSON)]),
    'the first character of a field name must be an underscore or letter',
  ],
  ['no key', draft([VECTOR]), 'primary key is not specified'],
  [
    'two keys',
    draft([ID, { ...ID, name: 'id2' }, VECTOR]),
    'there are more than one primary key, field name = id, id2',
  ],
  [
    'a key of another type',
    draft([field('id', DataType.Int32, { isPrimaryKey: true }), VECTOR]),
    'the data type of primary key should be Int64 or VarChar, field name = id',
  ],
  ['a nullable key', draft([{ ...ID, nullable: true }, VECTOR]), 'primary field not support null, field name = id'],
  [
    'a key with a default',
    draft([{ ...ID, defaultValue: 1n }, VECTOR]),
    'primary field not support default_value, field name = id',
  ],
  ['the same name twice', draft([ID, VECTOR, varChar(), varChar()]), 'duplicated field name text found'],
  ['no vector', draft([ID]), 'schema does not contain vector field'],
  [
    'too many vectors',
    draft([ID, ...many(11, (i) => ({ ...VECTOR, name: `v${i}` }))]),
    "maximum vector field's number should be limited to 10",
  ],
  [
    'too many fields',
    draft([ID, VECTOR, ...many(63, (i) => field(`f${i}`, DataType.Bool))]),
    "maximum field's number should be limited to 64",
  ],
  [
    'no dimension',
    draft([ID, { ...VECTOR, typeParams: {} }]),
    'dimension is not defined in field type params of field vector',
  ],
  [
    'dimension 1',
    draft([ID, { ...VECTOR, typeParams: { dim: '1' } }]),
    'invalid dimension: 1 of field vector. should be in range 2 ~ 32768',
  ],
  ['dimension 32769', draft([ID, { ...VECTOR, typeParams: { dim: '32769' } }]), 'invalid dimension: 32769'],
  ['dimension x', draft([ID, { ...VECTOR, typeParams: { dim: 'x' } }]), 'invalid dimension: x'],
  [
    'binary dimension 12',
    draft([ID, field('b', DataType.BinaryVector, { typeParams: { dim: '12' } })]),
    'binary vector dimension should be multiple of 8',
  ],
  [
    'no max_length',
    draft([ID, VECTOR, varChar({ typeParams: {} })]),
    'type param(max_length) should be specified for the field(text) of VarChar',
  ],
  [
    'max_length 0',
    draft([ID, VECTOR, varChar({ typeParams: { max_length: '0' } })]),
    'the maximum length specified for the field(text) should be in (0, 65535], but got 0 instead',
  ],
  ['max_length 65536', draft([ID, VECTOR, varChar({ typeParams: { max_length: '65536' } })]), 'but got 65536 instead'],
  [
    'two partition keys',
    draft([ID, VECTOR, varChar({ isPartitionKey: true }), field('n', DataType.Int64, { isPartitionKey: true })]),
    'there are more than one partition key, field name = text, n',
  ],
  [
    'a nullable partition key',
    draft([ID, VECTOR, varChar({ isPartitionKey: true, nullable: true })]),
    'partition key field not support nullable, field name = text',
  ],
  [
    'a partition key of another type',
    draft([ID, VECTOR, field('n', DataType.Int32, { isPartitionKey: true })]),
    'the data type of partition key should be Int64 or VarChar, field name = n',
  ],
  [
    'the key as partition key',
    draft([{ ...ID, isPartitionKey: true }, VECTOR]),
    'the partition key field must not be primary field, field name = id',
  ],
  [
    'an array of nothing',
    draft([ID, VECTOR, field('list', DataType.Array)]),
    'element data type None is not valid, field name = list',
  ],
  [
    'an array of documents',
    draft([ID, VECTOR, field('list', DataType.Array, { elementType: DataType.JSON })]),
    'element type JSON is not supported, field name = list',
  ],
  [
    'an array without a capacity',
    draft([ID, VECTOR, field('list', DataType.Array, { elementType: DataType.Int8 })]),
    'type param(max_capacity) should be specified for array field list',
  ],
  [
    'an array of too many elements',
    draft([
      ID,
      VECTOR,
      field('list', DataType.Array, { elementType: DataType.Int8, typeParams: { max_capacity: '4097' } }),
    ]),
    'the maximum capacity specified for a Array should be in (0, 4096], but got 4097 for field list',
  ],
  [
    'a sparse vector with a dimension',
    draft([ID, field('s', DataType.SparseFloatVector, { typeParams: { dim: '8' } })]),
    'dim should not be specified for sparse vector field s(8)',
  ],
  [
    'a function of a type we lack',
    draft([ID, VECTOR], { functions: [{ ...BM25, type: 'TextEmbedding' }] }),
    'functions of type TextEmbedding are not supported by this server, supported is BM25: function bm25',
  ],
  [
    'a struct without sub-fields',
    draft([ID, VECTOR], { structs: [struct([])] }),
    'struct array field items has no sub-fields',
  ],
  [
    'a struct of scalars',
    draft([ID, VECTOR], { structs: [struct([field('page', DataType.Int32)])] }),
    'Fields in StructArrayField can only be array or array of vector, but field page is Int32',
  ],
  [
    'a struct with a nullable sub-field',
    draft([ID, VECTOR], { structs: [struct([{ ...PAGE, nullable: true }])] }),
    'nullable is not supported for fields in struct array now, fieldName = page',
  ],
  [
    'a struct with the name of a field',
    draft([ID, VECTOR], { structs: [{ ...struct([PAGE]), name: 'id' }] }),
    'duplicated field name id found',
  ],
  [
    'a list of sparse vectors',
    draft([ID, VECTOR], {
      structs: [struct([field('s', DataType.ArrayOfVector, { elementType: DataType.SparseFloatVector })])],
    }),
    'unsupported element type SparseFloatVector of the array of vectors items[s]',
  ],
  [
    'a list of vectors outside of a struct',
    draft([ID, VECTOR, field('list', DataType.ArrayOfVector, { elementType: DataType.FloatVector })]),
    'data type ArrayOfVector of field list is not supported',
  ],
])('refuses %s', (_, given, message) => {
  expect(() => validateCollectionSchema(given)).toThrow(message);
});
