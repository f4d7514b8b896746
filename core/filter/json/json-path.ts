import { utf8 } from '../text/byte-predicate.ts';
import { CODE, findElement, findMember, skipSpace } from './json-scan.ts';

interface Step {
  readonly key: Uint8Array;
  /** The key as an index of an array, or -1. */
  readonly index: number;
}

/**
 * A way into a JSON value: keys of objects and indexes of arrays. As in a JSON pointer (RFC 6901) a step that looks like an index is one in an array
 * and a key in an object, so that `["0"]` and `[0]` are the same. The empty path is the value itself.
 */
export class JsonPath {
  /** Equal for equal paths. */
  readonly id: string;
  readonly length: number;
  readonly #steps: readonly Step[];

  constructor(steps: readonly (string | number)[]) {
    const keys = steps.map(String);
    this.id = JSON.stringify(keys);
    this.length = keys.length;
    this.#steps = keys.map((key) => ({ key: utf8(key), index: /^(0|[1-9]\d{0,9})$/.test(key) ? Number(key) : -1 }));
  }

  /** Where the value starts in the JSON text `bytes[start..end)`, or -1 if there is none. */
  find(bytes: Uint8Array, start: number, end: number): number {
    let position = skipSpace(bytes, start, end);
    if (position >= end) return -1;
    for (const step of this.#steps) {
      const code = bytes[position];
      if (code === CODE.openBrace) position = findMember(bytes, position, end, step.key);
      else if (code === CODE.openBracket && step.index !== -1) position = findElement(bytes, position, end, step.index);
      else return -1;
      if (position === -1) return -1;
    }
    return position;
  }
}
