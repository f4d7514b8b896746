import type { Column, PrimaryKey } from '../columns/column.ts';
import type { StructSchema } from '../schema/collection-schema.ts';
import type { MetElements } from './evaluate/match-condition.ts';
import type { IndexAnswer, IndexLookup } from './index-lookup.ts';

/**
 * A boolean expression over the scalar fields of one collection, parsed and type-checked once and evaluated column-wise.
 * Immutable; safe to share between requests. Made by `compileFilter` (compile-filter.ts).
 *
 * What is true of a row (Milvus 2.5 and 2.6, internal/parser/planparserv2 and internal/core/src/exec/expression):
 * - A comparison with a null field is unknown. `and`, `or`, `not` are Kleene's; an unknown row is not in the result, also not of the negation.
 *   `is null` is never unknown.
 * - A JSON value of another type than the constant, or a missing key, is not equal: `==`, `<`, `in`, `like` are false, `!=`, `not in` and `not (…)` true.
 *   Only a row whose whole JSON field is null is unknown.
 * - Numbers compare by their mathematical value, 64-bit integers and doubles alike; a constant takes the precision of a Float field first.
 * - Texts compare by their UTF-8 bytes.
 * - Integer arithmetic has 64 bits and wraps around; a row that divides an integer by zero is unknown.
 */
export interface Filter {
  /** The text it was made from. */
  readonly text: string;
  /** The zone of timestamps in it that name no offset, as an IANA name. */
  readonly zone: string;
  /** Fields it reads (the dynamic field for dynamic keys). */
  readonly fieldIds: readonly number[];
  /**
   * If the filter is exactly `pk in [...]`, `pk == value`, or an `or` of these: the keys, without doubles. Callers look them up instead of
   * scanning, and a delete by such a filter needs no search. Undefined otherwise.
   */
  readonly primaryKeys: readonly PrimaryKey[] | undefined;
  /** Rough time to test one row, for admission: a chain of thousands of terms is allowed but not cheap. Zero for an empty filter. */
  readonly costPerRowNs: number;
  /** Its `element_filter`, for searches of elements. `misplaced`: it does not stand alone or in the outermost `and`, or is not the only one. */
  readonly elements: ElementTest | 'misplaced' | undefined;
  /** It takes rows by chance, drawn when it was compiled: who wants another sample compiles it again. */
  readonly isRandom: boolean;
  /**
   * Writes one bit per row (core/bitset.ts layout) into `out` (at least ceil(rowCount / 8) bytes): 1 where the filter is true.
   * All bits beyond rowCount become clear. Pure: the same columns give the same bits.
   *
   * Runs to its end without a pause, `costPerRowNs` for each row; the first use of a JSON path in a column object costs about a nanosecond per byte more
   * and is remembered for as long as the object lives. So give out the same column objects again, and cut large segments into slices of some
   * ten thousand rows that keep theirs, if the event loop is to stay free.
   */
  evaluate(source: ColumnSource, out: Uint8Array): void;
  /** What indexes know of it, for all rows of a segment at once; undefined if they know nothing. The same rows in the end as by `evaluate`. */
  fromIndexes(lookup: IndexLookup): IndexAnswer<RowTest> | undefined;
}

/** An `element_filter`: which elements of a struct meet its condition. */
export interface ElementTest {
  readonly struct: StructSchema;
  readonly fieldIds: readonly number[];
  /** Of all rows of a source; undefined if the segment is older than the struct. */
  met(source: ColumnSource): MetElements | undefined;
}

/** A part of a filter: `evaluate` as of a filter. */
export type RowTest = Pick<Filter, 'costPerRowNs' | 'fieldIds' | 'evaluate'>;

/** The rows a filter is evaluated over. */
export interface ColumnSource {
  readonly rowCount: number;
  /** Offset of the first row in its segment, 0 if not given: it matters for samples only. */
  readonly firstRow?: number;
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
  /** Of all lists of the text together, and of each template value: 300,000 numbers take about 50 ms to compile, as many texts 100. */
  listValuesMax: 300_000,
  /** Bytes of the parts of a `like` pattern that stand between two `%`: they are searched for, in up to this times the bytes of a row. */
  likeSearchBytesMax: 1_024,
  /** JSON paths whose values are kept per column object even if they take more memory than the column. */
  jsonPathsKeptMin: 4,
  /** Compiled filters of a FilterCache, and the characters of their texts together. */
  cacheEntriesMax: 1_000,
  cacheTextCharactersMax: 16 * 1024 * 1024,
  /** Template values of a filter that is cached: larger ones (long lists) hardly come twice, and comparing them costs as much as compiling. */
  cacheTemplateCharactersMax: 16 * 1024,
} as const;
