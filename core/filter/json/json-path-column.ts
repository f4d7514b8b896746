import type { BytesColumn } from '../../columns/column.ts';
import type { JsonPath } from './json-path.ts';
import { JSON_KIND, JsonReader } from './json-reader.ts';
import { decodeString } from './json-scan.ts';

/** An entry of a map with its value, roughly. */
const MAP_ENTRY_BYTES = 128;

/**
 * The values of one path in all rows of a JSON column, taken out once: a kind per row, numbers as doubles, texts and arrays as places in the
 * bytes of the column. Arrays that no row needs are empty.
 */
export class JsonPathColumn {
  readonly bytes: Uint8Array;
  /** JSON_KIND of each row. */
  readonly kinds: Uint8Array;
  /** Values of the integer and double rows. */
  numbers = new Float64Array(0);
  /** `bytes[starts[row]..ends[row])` is the text of a string row without its quotes, or all of an array. */
  starts = new Uint32Array(0);
  ends = new Uint32Array(0);
  /** Texts of the escaped rows. */
  readonly unescaped = new Map<number, Uint8Array>();
  /** Values of the big rows. */
  readonly bigs = new Map<number, bigint>();

  constructor(column: BytesColumn, path: JsonPath) {
    const { bytes, offsets, rowCount } = column;
    this.bytes = bytes;
    this.kinds = new Uint8Array(rowCount);
    const reader = new JsonReader();
    for (let row = 0; row < rowCount; row++) {
      const end = offsets[row + 1]!;
      const position = path.find(bytes, offsets[row]!, end);
      if (position === -1 || reader.read(bytes, position, end) === -1) continue;
      this.#store(row, reader);
    }
  }

  /** Memory it takes, but for the bytes of the column, which it shares. */
  get memoryBytes(): number {
    const arrays = this.kinds.byteLength + this.numbers.byteLength + this.starts.byteLength + this.ends.byteLength;
    return arrays + (this.unescaped.size + this.bigs.size) * MAP_ENTRY_BYTES;
  }

  #store(row: number, reader: JsonReader): void {
    this.kinds[row] = reader.kind;
    switch (reader.kind) {
      case JSON_KIND.integer:
      case JSON_KIND.double:
        if (this.numbers.length === 0) this.numbers = new Float64Array(this.kinds.length);
        this.numbers[row] = reader.number;
        break;
      case JSON_KIND.big:
        this.bigs.set(row, reader.big);
        break;
      case JSON_KIND.escaped:
        this.#storeEscaped(row, reader);
        break;
      case JSON_KIND.string:
      case JSON_KIND.array:
        if (this.starts.length === 0) {
          this.starts = new Uint32Array(this.kinds.length);
          this.ends = new Uint32Array(this.kinds.length);
        }
        this.starts[row] = reader.start;
        this.ends[row] = reader.end;
        break;
      default:
        break;
    }
  }

  #storeEscaped(row: number, reader: JsonReader): void {
    const text = decodeString(this.bytes, reader.start, reader.end);
    if (text) this.unescaped.set(row, text);
    else this.kinds[row] = JSON_KIND.missing;
  }
}
