import type { KeyValuePair } from '../../../../proto/generated/milvus/common.ts';

/** The wire's lists of keys and values. Of a key that comes twice the last value counts. Keys are the client's: none of them is special, `__proto__` neither. */

export function recordOf(pairs: readonly KeyValuePair[]): Record<string, string> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
}

export function mapOf(pairs: readonly KeyValuePair[]): ReadonlyMap<string, string> {
  return new Map(pairs.map(({ key, value }) => [key, value]));
}

export function pairsOf(record: Readonly<Record<string, string>>): KeyValuePair[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}
