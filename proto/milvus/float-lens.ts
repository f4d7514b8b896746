import assert from 'node:assert/strict';
import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';

/**
 * The bytes lens: float arrays of the wire as the bytes they are.
 *
 * Packed, a `repeated float` is a length and little-endian values, which is what a `bytes` field is, too. So a column of 1000 vectors of
 * 768 dimensions is decoded as a view on the received message, in a microsecond instead of 20 ms, and encoded by one copy.
 * A sender may also write several packed chunks, or values one by one ("unpacked"), or both mixed: those are gathered, in order, by copying.
 *
 * The generated code imports this module in place of what float_arrays.proto would give. "Little-endian" is also how the typed arrays of
 * every machine lie in memory that Braid runs on.
 */

/** float32 values. */
export interface FloatArray {
  /** 4 bytes per value. Once decoded usually a view, at any byte offset, on the received message: it keeps all of that message alive. */
  data: Uint8Array;
}

/** float64 values. */
export interface DoubleArray {
  /** 8 bytes per value, else as in a FloatArray. */
  data: Uint8Array;
}

/** What the generated code expects of a message. `decode` throws when the bytes are not such a message. */
interface ArrayCodec<T> {
  encode(message: T, writer?: BinaryWriter): BinaryWriter;
  decode(input: BinaryReader | Uint8Array, length?: number): T;
  create(base?: Partial<T>): T;
  fromPartial(object: Partial<T>): T;
}

export const FloatArray: ArrayCodec<FloatArray> = arrayCodec(4, 5);
export const DoubleArray: ArrayCodec<DoubleArray> = arrayCodec(8, 1);

/** The float32 values in `data`: a view where the alignment allows it, else a copy. */
export function floatsOf(data: Uint8Array): Float32Array {
  const aligned = align(data, Float32Array.BYTES_PER_ELEMENT);
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / Float32Array.BYTES_PER_ELEMENT);
}

/** The float64 values in `data`: a view where the alignment allows it, else a copy. */
export function doublesOf(data: Uint8Array): Float64Array {
  const aligned = align(data, Float64Array.BYTES_PER_ELEMENT);
  return new Float64Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / Float64Array.BYTES_PER_ELEMENT);
}

/** The bytes of `values`, a view: what a field seen through the lens is filled with. */
export function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function align(data: Uint8Array, valueBytes: number): Uint8Array {
  assert(data.byteLength % valueBytes === 0, `${data.byteLength} bytes are not values of ${valueBytes} bytes`);
  return data.byteOffset % valueBytes === 0 ? data : new Uint8Array(data);
}

const EMPTY = new Uint8Array(0);
const PACKED_TAG = (1 << 3) | 2;

/** `valueWireType` is what an unpacked value comes as: 5 for four bytes, 1 for eight. */
function arrayCodec(valueBytes: number, valueWireType: number): ArrayCodec<{ data: Uint8Array }> {
  const unpackedTag = (1 << 3) | valueWireType;

  function decode(input: BinaryReader | Uint8Array, length?: number): { data: Uint8Array } {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    const end = length === undefined ? reader.len : reader.pos + length;
    if (end > reader.len) throw new RangeError(`array of ${length} bytes ends beyond its message`);
    const bytesMax = end - reader.pos;
    let data: Uint8Array = EMPTY;
    let gathered: Gathered | undefined;
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === PACKED_TAG) {
        const chunk = reader.bytes();
        if (chunk.length % valueBytes !== 0)
          throw new RangeError(`${chunk.length} bytes are not values of ${valueBytes} bytes`);
        if (data.length === 0 && gathered === undefined) data = chunk;
        else {
          gathered ??= new Gathered(data, bytesMax);
          gathered.addChunk(chunk);
        }
      } else if (tag === unpackedTag) {
        gathered ??= new Gathered(data, bytesMax);
        for (let read = 0; read < valueBytes; read += 4) gathered.addWord(reader.fixed32());
      } else {
        reader.skip(tag & 7, tag >>> 3);
      }
    }
    if (reader.pos !== end) throw new RangeError('array ends within a value');
    return { data: gathered === undefined ? data : gathered.all() };
  }

  return {
    decode,
    encode: (message, writer = new BinaryWriter()) =>
      message.data.length === 0 ? writer : writer.uint32(PACKED_TAG).bytes(message.data),
    create: (base) => ({ data: base?.data ?? EMPTY }),
    fromPartial: (object) => ({ data: object.data ?? EMPTY }),
  };
}

/** The slow path: one array that grows up to the length of the message it is gathered from. */
class Gathered {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  #used: number;

  constructor(first: Uint8Array, bytesMax: number) {
    this.#bytes = new Uint8Array(bytesMax);
    this.#view = new DataView(this.#bytes.buffer);
    this.#bytes.set(first);
    this.#used = first.length;
  }

  addChunk(chunk: Uint8Array): void {
    this.#bytes.set(chunk, this.#used);
    this.#used += chunk.length;
  }

  addWord(word: number): void {
    this.#view.setUint32(this.#used, word, true);
    this.#used += 4;
  }

  all(): Uint8Array {
    return this.#bytes.subarray(0, this.#used);
  }
}
