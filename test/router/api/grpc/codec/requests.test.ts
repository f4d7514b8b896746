import { describe, expect, test } from 'vitest';
import { DataType } from '../../../../../core/schema/data-type.ts';
import { PlaceholderGroup, PlaceholderType } from '../../../../../proto/generated/milvus/placeholder.ts';
import { CollectionSchema, FieldSchema, DataType as WireType } from '../../../../../proto/generated/milvus/schema.ts';
import type { TemplateValue } from '../../../../../proto/generated/milvus/template.ts';
import { bytesOf, floatsOf } from '../../../../../proto/milvus/float-lens.ts';
import { decodePlaceholders } from '../../../../../router/api/grpc/codec/decode-placeholders.ts';
import { decodeCollectionSchema, decodeFieldSchema } from '../../../../../router/api/grpc/codec/decode-schema.ts';
import { decodeTemplates } from '../../../../../router/api/grpc/codec/decode-templates.ts';
import { recordOf } from '../../../../../router/api/grpc/codec/key-values.ts';
import type { QueryVectors } from '../../../../../router/operations/reads/search.ts';

function group(type: PlaceholderType, values: Uint8Array[], elementLevel = false): Uint8Array {
  return PlaceholderGroup.encode({ placeholders: [{ tag: '$0', type, values, elementLevel }] }).finish();
}

describe('query vectors', () => {
  test('one query is a view, several are joined', () => {
    const bytes = group(PlaceholderType.FloatVector, [bytesOf(Float32Array.of(1, 2))]);
    const one = decodePlaceholders(bytes) as QueryVectors;
    expect(one).toMatchObject({ kind: 'vectors', dataType: DataType.FloatVector, queryCount: 1 });
    expect(one.data.buffer).toBe(bytes.buffer);
    const two = decodePlaceholders(
      group(PlaceholderType.FloatVector, [bytesOf(Float32Array.of(1, 2)), bytesOf(Float32Array.of(3, 4))]),
    ) as QueryVectors;
    expect(two.queryCount).toBe(2);
    expect([...floatsOf(two.data)]).toEqual([1, 2, 3, 4]);
    expect(decodePlaceholders(group(PlaceholderType.Int8Vector, []))).toMatchObject({ queryCount: 0 });
  });

  test('sparse vectors differ in length, texts stay texts', () => {
    const pair = (index: number) => bytesOf(new Uint32Array([index, 0x3f800000]));
    const values = [Buffer.concat([pair(7), pair(3)]), pair(1)];
    const { data, offsets } = decodePlaceholders(group(PlaceholderType.SparseFloatVector, values)) as QueryVectors;
    expect([...offsets!]).toEqual([0, 16, 24]);
    expect(data).toEqual(new Uint8Array(Buffer.concat([pair(3), pair(7), pair(1)])));
    expect(decodePlaceholders(group(PlaceholderType.VarChar, [Buffer.from('wörter')]))).toEqual({
      kind: 'texts',
      texts: ['wörter'],
    });
  });

  test('embedding lists differ in length', () => {
    const lists = [new Uint8Array(16), new Uint8Array(8)];
    const { dataType, elementType, offsets } = decodePlaceholders(
      group(PlaceholderType.EmbListFloatVector, lists),
    ) as QueryVectors;
    expect({ dataType, elementType }).toEqual({ dataType: DataType.ArrayOfVector, elementType: DataType.FloatVector });
    expect([...offsets!]).toEqual([0, 16, 24]);
  });

  test.each<[string, Uint8Array, string]>([
    [
      'queries of different dimensions',
      group(PlaceholderType.FloatVector, [new Uint8Array(8), new Uint8Array(4)]),
      'vector dimension mismatch: query 0 has 8 bytes, query 1 has 4',
    ],
    ['no placeholder', new Uint8Array(0), 'a search has one placeholder, but 0 came'],
    ['texts that are none', group(PlaceholderType.VarChar, [Uint8Array.of(0xff)]), 'a query text is not UTF-8'],
    ['bad sparse vectors', group(PlaceholderType.SparseFloatVector, [new Uint8Array(7)]), 'invalid data length'],
    ['lists of sparse vectors', group(PlaceholderType.EmbListSparseFloatVector, []), 'of type 304 are not supported'],
    ['garbage', Uint8Array.of(0x0a, 0xff, 0x01), 'the placeholder group cannot be decoded'],
  ])('%s are an error', (_name, bytes, reason) => {
    expect(() => decodePlaceholders(bytes)).toThrow(reason);
  });
});

describe('schemas', () => {
  test('the request’s name wins', () => {
    const bytes = CollectionSchema.encode(CollectionSchema.create({ name: 'inner', autoID: true })).finish();
    expect(decodeCollectionSchema(bytes, 'outer')).toMatchObject({ name: 'outer', autoId: true, fields: [] });
    expect(decodeCollectionSchema(bytes, '')).toMatchObject({ name: 'inner' });
  });

  test('functions and struct fields go on by name, what else we lack is refused', () => {
    const bytes = (more: Parameters<typeof CollectionSchema.create>[0]): Uint8Array =>
      CollectionSchema.encode(CollectionSchema.create(more)).finish();
    expect(
      decodeCollectionSchema(
        bytes({ functions: [{ name: 'bm25', type: 1 }], structArrayFields: [{ name: 'parts' }] }),
        'x',
      ),
    ).toMatchObject({ functions: [{ name: 'bm25', type: 'BM25' }], structs: [{ name: 'parts', fields: [] }] });
    expect(() => decodeCollectionSchema(bytes({ externalSource: 's3://x' }), 'x')).toThrow('not supported');
    expect(() => decodeCollectionSchema(bytes({ enableNamespace: true }), 'x')).toThrow('not supported');
    expect(() => decodeCollectionSchema(Uint8Array.of(0x0a, 0xff, 0x01), 'x')).toThrow('cannot be decoded');
    expect(() => decodeFieldSchema(Uint8Array.of(0x12, 0xff, 0x01))).toThrow('cannot be decoded');
  });

  test.each([
    [{ $case: 'boolData', value: false }, false],
    [{ $case: 'intData', value: 0 }, 0],
    [{ $case: 'longData', value: 1n << 60n }, 1n << 60n],
    [{ $case: 'doubleData', value: 0.1 }, 0.1],
    [{ $case: 'stringData', value: '' }, ''],
    [{ $case: 'bytesData', value: Buffer.from('{}') }, '{}'],
  ] as const)('default values: %o', (data, expected) => {
    const message = FieldSchema.create({
      name: 'x',
      dataType: WireType.String,
      typeParams: [{ key: '__proto__', value: '1' }],
    });
    const field = decodeFieldSchema(FieldSchema.encode({ ...message, defaultValue: { data } }).finish());
    expect(field).toMatchObject({ name: 'x', dataType: DataType.VarChar, defaultValue: expected });
    expect(Object.entries(field.typeParams)).toEqual([['__proto__', '1']]);
  });
});

test('values of placeholders: lists within lists, lists of mixed JSON', () => {
  const texts = ['1', '9007199254740993', '0.5', '"a"', 'true', '[1,[2]]'];
  const messages = new Map<string, TemplateValue>([
    ['bool', { val: { $case: 'boolVal', value: true } }],
    ['float', { val: { $case: 'floatVal', value: 0.5 } }],
    [
      'doubles',
      {
        val: {
          $case: 'arrayVal',
          value: { data: { $case: 'doubleData', value: { data: bytesOf(Float64Array.of(1, 2)) } } },
        },
      },
    ],
    [
      'mixed',
      {
        val: {
          $case: 'arrayVal',
          value: { data: { $case: 'jsonData', value: { data: texts.map((text) => Buffer.from(text)) } } },
        },
      },
    ],
    ['empty', { val: { $case: 'arrayVal', value: { data: undefined } } }],
  ]);
  expect(decodeTemplates(messages)).toEqual(
    new Map<string, unknown>([
      ['bool', true],
      ['float', 0.5],
      ['doubles', [1, 2]],
      ['mixed', [1n, 9007199254740993n, 0.5, 'a', true, [1n, [2n]]]],
      ['empty', []],
    ]),
  );
  expect(decodeTemplates(new Map())).toBeUndefined();
  const one = (val: TemplateValue['val']) => () => decodeTemplates(new Map([['x', { val }]]));
  expect(one(undefined)).toThrow('{x} is missing');
  expect(one({ $case: 'bytesVal', value: new Uint8Array(1) })).toThrow('bytes as the value');
  const object = { data: { $case: 'jsonData' as const, value: { data: [Buffer.from('{"a":1}')] } } };
  expect(one({ $case: 'arrayVal', value: object })).toThrow('a scalar or a list of scalars');
});

test('of a key that comes twice the last counts', () => {
  expect(
    recordOf([
      { key: 'a', value: '1' },
      { key: 'a', value: '2' },
    ]),
  ).toEqual({ a: '2' });
});
