import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FieldData, ScalarField, VectorField } from '../../proto/generated/milvus/field_data.ts';
import { InsertRequest } from '../../proto/generated/milvus/mutation.ts';
import { QueryResults } from '../../proto/generated/milvus/query.ts';
import { DataType } from '../../proto/generated/milvus/schema.ts';
import { SearchResults } from '../../proto/generated/milvus/search.ts';
import { TemplateValue } from '../../proto/generated/milvus/template.ts';
import { bytesOf, DoubleArray, doublesOf, FloatArray, floatsOf } from '../../proto/milvus/float-lens.ts';
import { sdkRoot } from './sdk-root.ts';

/** How a sender may write values: in one packed chunk, or one by one. A message is any sequence of these. */
type Piece = { packed: number[] } | { unpacked: number[] };

function writeFloats(pieces: readonly Piece[], writer = new BinaryWriter()): BinaryWriter {
  for (const piece of pieces) {
    if ('packed' in piece) writer.tag(1, WireType.LengthDelimited).bytes(bytesOf(Float32Array.from(piece.packed)));
    else for (const value of piece.unpacked) writer.tag(1, WireType.Bit32).float(value);
  }
  return writer;
}

function writeDoubles(pieces: readonly Piece[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const piece of pieces) {
    if ('packed' in piece) writer.tag(1, WireType.LengthDelimited).bytes(bytesOf(Float64Array.from(piece.packed)));
    else for (const value of piece.unpacked) writer.tag(1, WireType.Bit64).double(value);
  }
  return writer.finish();
}

function valuesOf(pieces: readonly Piece[]): number[] {
  return pieces.flatMap((piece) => ('packed' in piece ? piece.packed : piece.unpacked));
}

const SENDERS: [string, Piece[]][] = [
  ['packed', [{ packed: [1.5, -2.25, 3] }]],
  ['two packed chunks', [{ packed: [1.5, -2.25] }, { packed: [3] }]],
  ['unpacked', [{ unpacked: [1.5, -2.25, 3] }]],
  ['packed, then unpacked', [{ packed: [1.5, -2.25] }, { unpacked: [3] }]],
  ['unpacked, then packed', [{ unpacked: [1.5] }, { packed: [-2.25, 3] }]],
  [
    'empty chunks around',
    [{ packed: [] }, { packed: [1.5, -2.25] }, { packed: [] }, { unpacked: [3] }, { packed: [] }],
  ],
];

describe('decoding', () => {
  test.each(SENDERS)('floats, %s', (_name, pieces) => {
    expect([...floatsOf(FloatArray.decode(writeFloats(pieces).finish()).data)]).toEqual([1.5, -2.25, 3]);
  });

  test.each(SENDERS)('doubles, %s', (_name, pieces) => {
    expect([...doublesOf(DoubleArray.decode(writeDoubles(pieces)).data)]).toEqual([1.5, -2.25, 3]);
  });

  test('any mixture of chunks and single values, with fields of a later version in between', () => {
    const values = fc.array(fc.float());
    const pieces = fc.array(fc.oneof(fc.record({ packed: values }), fc.record({ unpacked: values })));
    fc.assert(
      fc.property(pieces, fc.nat(9), (sent, unknownCount) => {
        const writer = new BinaryWriter();
        for (const piece of sent) {
          writeFloats([piece], writer);
          for (let i = 0; i < unknownCount; i++) writer.tag(2 + i, WireType.LengthDelimited).string('later');
        }
        expect([...floatsOf(FloatArray.decode(writer.finish()).data)]).toEqual(valuesOf(sent));
        expect([...doublesOf(DoubleArray.decode(writeDoubles(sent)).data)]).toEqual(valuesOf(sent));
      }),
    );
  });

  test.each([
    ['no bytes', new Uint8Array(0)],
    ['an empty chunk', writeFloats([{ packed: [] }]).finish()],
  ])('no values: %s', (_name, bytes) => {
    expect(FloatArray.decode(bytes).data).toHaveLength(0);
    expect(DoubleArray.decode(bytes).data).toHaveLength(0);
  });

  test.each([
    ['a chunk that ends within a value', [0x0a, 5, 0, 0, 0, 0, 0]],
    ['a chunk that ends beyond the message', [0x0a, 8, 0, 0, 0, 0]],
    ['a single value that is cut off', [0x0d, 0, 0]],
    ['a tag without a value', [0x0a]],
  ])('refuses %s', (_name, bytes) => {
    expect(() => FloatArray.decode(Uint8Array.from(bytes))).toThrow(RangeError);
  });

  test('refuses an array that runs over the end of its column', () => {
    // VectorField { float_vector (2 bytes long): a chunk of 4 bytes } and enough bytes behind it.
    expect(() => VectorField.decode(Uint8Array.of(0x12, 2, 0x0a, 4, 0, 0, 0, 0))).toThrow('ends within a value');
    // VectorField { float_vector (2 GiB long) }: refused before anything is allocated for it.
    expect(() => VectorField.decode(Uint8Array.of(0x12, 0xff, 0xff, 0xff, 0xff, 0x07, 0x0d))).toThrow('ends beyond');
  });
});

function column(field: FieldData['field']): FieldData {
  return { type: DataType.FloatVector, fieldName: 'column', field, fieldId: 0n, isDynamic: false, validData: [] };
}

function vectorsOf(field: FieldData | undefined): Uint8Array {
  if (field?.field?.$case !== 'vectors' || field.field.value.data?.$case !== 'floatVector')
    throw new Error('no floats');
  return field.field.value.data.value.data;
}

describe('in the messages of the API', () => {
  const root = sdkRoot();
  const rows = [0.5, 1, -1, Number.POSITIVE_INFINITY, Math.fround(1e-40), Math.fround(Math.PI)];

  test('an insert of the SDK is decoded as a view on the received bytes', () => {
    const type = root.lookupType('milvus.proto.milvus.InsertRequest');
    const vectors = { dim: 2, float_vector: { data: rows } };
    const received = type.encode(type.fromObject({ num_rows: 3, fields_data: [{ type: 101, vectors }] })).finish();
    const data = vectorsOf(InsertRequest.decode(received).fieldsData[0]);
    expect([...floatsOf(data)]).toEqual(rows);
    expect(data.buffer).toBe(received.buffer);
  });

  test.each(SENDERS)('a column of any sender, %s', (_name, pieces) => {
    const floats = writeFloats(pieces).finish();
    const vectors = new BinaryWriter().tag(2, WireType.LengthDelimited).bytes(floats).finish();
    const { data } = VectorField.decode(vectors);
    expect(data).toMatchObject({ $case: 'floatVector' });
    const scalars = new BinaryWriter().tag(4, WireType.LengthDelimited).bytes(floats).finish();
    const { data: scalar } = ScalarField.decode(scalars);
    for (const decoded of [data, scalar]) {
      if (decoded?.$case !== 'floatVector' && decoded?.$case !== 'floatData') throw new Error('no floats');
      expect([...floatsOf(decoded.value.data)]).toEqual([1.5, -2.25, 3]);
    }
  });

  test('the SDK reads our rows, floats and doubles', () => {
    const sent = QueryResults.encode(
      QueryResults.create({
        fieldsData: [
          column({
            $case: 'vectors',
            value: { dim: 2n, data: { $case: 'floatVector', value: { data: bytesOf(Float32Array.from(rows)) } } },
          }),
          column({
            $case: 'scalars',
            value: { data: { $case: 'doubleData', value: { data: bytesOf(Float64Array.of(0.1, -0)) } } },
          }),
          column({ $case: 'scalars', value: { data: { $case: 'floatData', value: FloatArray.create() } } }),
        ],
      }),
    ).finish();
    const read = root.lookupType('milvus.proto.milvus.QueryResults').decode(sent).toJSON();
    const [vectors, doubles, none] = read['fields_data'];
    expect(vectors.vectors.float_vector.data.map(Number)).toEqual(rows);
    expect(doubles.scalars.double_data.data).toEqual([0.1, -0]);
    expect(none.scalars.float_data).toEqual({});
  });

  test('the SDK reads our scores', () => {
    const sent = SearchResults.encode(
      SearchResults.create({ results: { scores: bytesOf(Float32Array.from(rows)), topks: [4n, 2n] } }),
    ).finish();
    const read = root.lookupType('milvus.proto.milvus.SearchResults').decode(sent).toJSON();
    expect(read['results'].scores.map(Number)).toEqual(rows);
    expect(read['results'].topks.map(Number)).toEqual([4, 2]);
    const none = SearchResults.encode(SearchResults.create({ results: { topks: [0n] } })).finish();
    expect(root.lookupType('milvus.proto.milvus.SearchResults').decode(none).toJSON()['results'].scores ?? []).toEqual(
      [],
    );
  });

  test('the doubles of a filter template', () => {
    const type = root.lookupType('milvus.proto.schema.TemplateValue');
    const received = type.encode(type.fromObject({ array_val: { double_data: { data: [0.1, 2] } } })).finish();
    const { val } = TemplateValue.decode(received);
    if (val?.$case !== 'arrayVal' || val.value.data?.$case !== 'doubleData') throw new Error('no doubles');
    expect([...doublesOf(val.value.data.value.data)]).toEqual([0.1, 2]);
  });
});

describe('bytes as typed arrays', () => {
  test('aligned bytes are viewed, others copied, also those of a Buffer', () => {
    const bytes = new Uint8Array(32);
    bytes.set(bytesOf(Float32Array.of(7)), 3);
    const received = Buffer.from(bytes.buffer);
    expect(floatsOf(received.subarray(8, 16)).buffer).toBe(bytes.buffer);
    expect([...floatsOf(received.subarray(3, 7))]).toEqual([7]);
    expect(doublesOf(received.subarray(8, 24)).buffer).toBe(bytes.buffer);
    expect(doublesOf(received.subarray(4, 20)).buffer).not.toBe(bytes.buffer);
  });

  test('bytes that are no whole values are a bug of the caller', () => {
    expect(() => floatsOf(new Uint8Array(6))).toThrow('6 bytes are not values of 4 bytes');
  });
});
