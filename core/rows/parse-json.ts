import { BraidError } from '../errors.ts';

/** An integer of 16 digits or more where a value can start. Rarely also inside of a text, which costs a slower parse and nothing else. */
const BIG_INTEGER = /[:,[\s]-?\d{16}/;
const INTEGER = /^-?\d+$/;

/**
 * JSON without loss: integers that a double cannot hold become bigint, everything else is as JSON.parse gives it. A key `__proto__` is a key like any other,
 * as long as nobody copies the object by assignment. Throws `restBadJson`.
 */
export function parseJson(text: string): unknown {
  try {
    return mayHoldBigInteger(text) ? JSON.parse(text, keepBigIntegers) : JSON.parse(text);
  } catch (cause) {
    throw new BraidError('restBadJson', `bad JSON: ${(cause as Error).message}`, { cause });
  }
}

/** True when parsing the text may give a bigint. */
export function mayHoldBigInteger(text: string): boolean {
  return BIG_INTEGER.test(text) || /^-?\d{16}/.test(text);
}

function keepBigIntegers(_key: string, value: unknown, context?: { readonly source: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || !context) return value;
  return INTEGER.test(context.source) ? BigInt(context.source) : value;
}
