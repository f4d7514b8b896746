import type { DoubleInterval } from './evaluate/double-interval.ts';
import type { IntegerInterval } from './evaluate/integer-interval.ts';
import type { IntegerSet } from './evaluate/integer-set.ts';
import type { JsonTest } from './json/json-test.ts';
import type { BytePredicate } from './text/byte-predicate.ts';

/**
 * What scalar indexes answer to a filter: node/segment/scalar-index/ has them. All bitsets are over all rows of a segment, of one length, a whole number of
 * 32-bit words, bits beyond the rows clear.
 */
export interface IndexLookup {
  readonly rowCount: number;
  /**
   * The rows with a value that passes; of an Array field, those with such an element. Null rows and JSON values of other types never pass. The caller owns the
   * bits. Undefined if no index can tell, or not quickly: the caller then looks at the rows.
   */
  rows(query: IndexQuery): Uint8Array | undefined;
  /** The rows in which the field of a query that was answered is null; undefined if none is. The caller does not write to it. */
  nulls(fieldId: number): Uint8Array | undefined;
}

export interface IndexQuery {
  readonly fieldId: number;
  /** `JsonPath.id` of a value in a JSON field. */
  readonly path?: string;
  readonly test: ValueTest;
}

export type ValueTest =
  | { readonly kind: 'integers'; readonly interval: IntegerInterval }
  | { readonly kind: 'doubles'; readonly interval: DoubleInterval }
  | { readonly kind: 'integerSet'; readonly set: IntegerSet }
  | { readonly kind: 'doubleSet'; readonly values: readonly number[] }
  | { readonly kind: 'texts'; readonly predicate: BytePredicate }
  | { readonly kind: 'json'; readonly test: JsonTest };

/** What indexes know of a condition. */
export interface IndexAnswer<Rest> {
  /** No other row is true. */
  readonly bits: Uint8Array;
  /** What is left to be asked of these rows; undefined if all of them are true. */
  readonly rest: Rest | undefined;
}
