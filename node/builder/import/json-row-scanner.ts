import { BraidError } from '../../../core/errors.ts';
import { IMPORT_LIMITS } from './limits.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
/** The begin of `{"rows": [` as far as it can be told from a row. */
const WRAPPER = /^\s*\{\s*"rows"\s*:\s*\[/;
const WRAPPER_BYTES_MAX = 1_024;

/** Cuts JSON that comes in chunks into the texts of its rows, without parsing them: only brackets and quotes matter here. */
export class JsonRowScanner {
  /** Bytes of the row that has begun, or nothing. */
  #rest = new Uint8Array(0);
  #begun = false;
  #isArray = false;
  #ended = false;
  #rowCount = 0;
  readonly #decoder = new TextDecoder();

  /** The rows that are complete with this chunk. */
  *add(chunk: Uint8Array<ArrayBuffer>): Generator<string> {
    let bytes = this.#rest.length === 0 ? chunk : concat(this.#rest, chunk);
    if (!this.#begun) bytes = this.#begin(bytes);
    let at = 0;
    for (;;) {
      at = this.#skipBetween(bytes, at);
      const end = at < bytes.length && !this.#ended ? endOfObject(bytes, at) : -1;
      if (end < 0) break;
      yield this.#decoder.decode(bytes.subarray(at, end));
      this.#rowCount++;
      at = end;
    }
    this.#rest = this.#ended ? new Uint8Array(0) : bytes.slice(at);
    if (this.#rest.length <= IMPORT_LIMITS.rowBytesMax) return;
    throw new BraidError(
      'parameterTooLarge',
      `row ${this.#rowCount} has more than ${IMPORT_LIMITS.rowBytesMax} bytes of text`,
    );
  }

  /** Throws if the file ends in the middle of a row or of the array. */
  end(): void {
    if (this.#rest.length > 0) throw this.#bad('the file ends within it');
    if (this.#isArray && !this.#ended) throw this.#bad('the file ends before the array does');
  }

  /** Steps over what stands around the rows. */
  #begin(all: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    this.#begun = true;
    const bytes = BYTE_ORDER_MARK.every((byte, i) => all[i] === byte) ? all.subarray(BYTE_ORDER_MARK.length) : all;
    const head = new TextDecoder('latin1').decode(bytes.subarray(0, WRAPPER_BYTES_MAX));
    const wrapper = WRAPPER.exec(head) ?? /^\s*\[/.exec(head);
    if (!wrapper) return bytes;
    this.#isArray = true;
    return bytes.subarray(wrapper[0].length);
  }

  #skipBetween(bytes: Uint8Array, from: number): number {
    let at = from;
    for (; at < bytes.length && !this.#ended; at++) {
      const byte = bytes[at]!;
      if (byte === OPEN_OBJECT) return at;
      if (byte === CLOSE_ARRAY && this.#isArray) this.#ended = true;
      else if (!isSpace(byte) && byte !== COMMA) throw this.#bad('it is not an object');
    }
    return at;
  }

  #bad(why: string): BraidError {
    return new BraidError('parameterInvalid', `row ${this.#rowCount} is not valid JSON: ${why}`);
  }
}

/** Position after the object that begins at `start`; -1 if it is not all there. */
function endOfObject(bytes: Uint8Array, start: number): number {
  let depth = 0;
  let inText = false;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (inText) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
    else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --depth === 0) return at + 1;
  }
  return -1;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function concat(left: Uint8Array, right: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(left.length + right.length);
  all.set(left);
  all.set(right, left.length);
  return all;
}
