import { BraidError } from '../../../core/errors.ts';
import type { Timestamp } from '../../../core/timestamps.ts';
import { METADATA_LIMITS } from '../limits.ts';

const DECIMAL = /^\d{1,20}$/;
const UINT64_MAX = 2n ** 64n - 1n;

/** Decimal text of an unsigned 64-bit timestamp. */
export function encodeTimestamp(timestamp: Timestamp): string {
  if (timestamp < 0n || timestamp > UINT64_MAX)
    throw new Error(`timestamp ${timestamp} is not an unsigned 64-bit integer`);
  return timestamp.toString();
}

export function decodeTimestamp(text: string, column: string): Timestamp {
  if (typeof text !== 'string' || !DECIMAL.test(text)) throw damaged(column, text);
  return BigInt(text);
}

/** Guards what goes into an integer column. */
export function encodeInteger(value: number, column: string): number {
  if (!Number.isSafeInteger(value)) throw new Error(`${column} is ${value}, expected a safe integer`);
  return value;
}

export function decodeInteger(value: number, column: string): number {
  if (!Number.isSafeInteger(value)) throw damaged(column, value);
  return value;
}

/** Guards what goes into a key column: the databases would cut or refuse it, each in its own way. */
export function encodeKey(value: string, column: string): string {
  if (value.length === 0) throw new Error(`${column} is empty`);
  if (value.length > METADATA_LIMITS.keyLengthMax) {
    throw new Error(`${column} has ${value.length} characters, at most ${METADATA_LIMITS.keyLengthMax} are allowed`);
  }
  return value;
}

function damaged(column: string, value: unknown): BraidError {
  return new BraidError('internal', `metadata is damaged: ${column} holds ${JSON.stringify(value)}`);
}
