import type { Column } from '../columns/column.ts';

/** Takes up values row by row and keeps one result per group. Null rows do not count. */
export interface Accumulator {
  /** Row i of the column belongs to group `groups[i]`, or to none if that is negative. Groups are below `groupCount`, which only grows. */
  add(column: Column, groups: Int32Array, groupCount: number): void;
  /** One row per group; null where no value was (but for counts, which are 0). */
  result(groupCount: number): Column;
}

interface Growable<T> {
  readonly length: number;
  set(other: T): void;
}

/** The array, or a longer one that begins with it. */
export function grown<T extends Growable<T>>(array: T, count: number): T {
  if (count <= array.length) return array;
  const longer = new (array.constructor as new (length: number) => T)(Math.max(count, array.length * 2));
  longer.set(array);
  return longer;
}

/** `valid` of a column of results; undefined when all are there. */
export function validOf(seen: Uint8Array, groupCount: number): Uint8Array | undefined {
  const valid = grown(seen, groupCount).slice(0, groupCount);
  return valid.includes(0) ? valid : undefined;
}
