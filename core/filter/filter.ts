import type { Column, PrimaryKey } from '../columns/column.ts';

/**
 * A boolean expression over the scalar fields of one collection, parsed and type-checked once and evaluated column-wise.
 * Immutable; safe to share between requests. Made by `compileFilter` (compile-filter.ts).
 */
export interface Filter {
  /** The text it was made from. */
  readonly text: string;
  /** Fields it reads (the dynamic field for dynamic keys). */
  readonly fieldIds: readonly number[];
  /**
   * If the filter is exactly `pk in [...]`, `pk == value`, or an `or` of these: the keys, without doubles. Callers look them up instead of
   * scanning, and a delete by such a filter needs no search. Undefined otherwise.
   */
  readonly primaryKeys: readonly PrimaryKey[] | undefined;
  /**
   * Writes one bit per row (core/bitset.ts layout) into `out` (at least ceil(rowCount / 8) bytes): 1 where the filter is true.
   * A comparison with null, with a missing JSON key or with a value of another type is false, and so is its negation where Milvus says so.
   * Bits beyond rowCount are left clear. Pure: the same columns give the same bits.
   */
  evaluate(source: ColumnSource, out: Uint8Array): void;
}

/** The rows a filter is evaluated over. */
export interface ColumnSource {
  readonly rowCount: number;
  /** The column of a field, `rowCount` rows or more; undefined if the segment is older than the field (every row then reads as the default or null). */
  column(fieldId: number): Column | undefined;
}

/** Values for `{name}` placeholders, as the wire's TemplateValue gives them. */
export type TemplateValue = boolean | bigint | number | string | readonly TemplateValue[];

/** Bounds of the language; a filter beyond one of them is an error that names it. */
export const FILTER_LIMITS = {
  /** Bytes of UTF-8. An IN list of 100,000 values fits. */
  textBytesMax: 16 * 1024 * 1024,
  depthMax: 128,
  /** Nodes of the tree; list elements do not count, a flat chain of and/or is one node with many operands. */
  nodesMax: 20_000,
  /** Of all lists of the text together, and of each template value. */
  listValuesMax: 1_000_000,
  /** Bytes of the parts of a `like` pattern that stand between two `%`: they are searched for, in up to this times the bytes of a row. */
  likeSearchBytesMax: 1_024,
  /** JSON paths whose values are kept per column object. */
  jsonPathsPerColumnMax: 16,
  /** Compiled filters of a FilterCache, and the characters of their texts together. */
  cacheEntriesMax: 1_000,
  cacheTextCharactersMax: 16 * 1024 * 1024,
} as const;
