import type { PrimaryKey } from '../../columns/column.ts';
import type { ColumnSource } from '../filter.ts';

/**
 * A checked condition, ready to run. There is no "not": negations are pushed down to the leaves when conditions are built, so that a bit means
 * "true" everywhere and "unknown" (a comparison with null) is simply not set, negated or not. This is Kleene logic as Milvus' validity bitmaps
 * compute it: the true rows of `not (a and b)` are those of `(not a) or (not b)`.
 */
export interface Condition {
  readonly fieldIds: readonly number[];
  /** Rough time per row; a conjunction runs its cheap parts first. See COST. */
  readonly cost: number;
  /** Set when the condition is true exactly for rows with one of these keys. */
  readonly primaryKeys?: readonly PrimaryKey[];
  /** Writes all bytes of `out`, which is `bitsetBytes(source.rowCount)` long. */
  evaluate(source: ColumnSource, out: Uint8Array): void;
}

export const COST = {
  constant: 0,
  nullCheck: 1,
  number: 2,
  set: 4,
  text: 6,
  pattern: 10,
  arithmetic: 15,
  json: 20,
  jsonList: 40,
} as const;
