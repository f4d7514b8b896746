import { bitsetBytes, setBit, testBit } from '../../bitset.ts';
import type { FieldSchema } from '../../schema/collection-schema.ts';
import { arrayElements } from '../array/array-elements.ts';
import type { ColumnSource } from '../filter.ts';
import type { MatchNode } from '../syntax/ast.ts';
import { clearNulls } from './bits.ts';
import type { Condition } from './condition.ts';
import { asBytes } from './leaf.ts';

/** Elements that a row is taken to have where only the cost is asked for. */
const ELEMENTS_GUESSED = 8;

/**
 * Rows of which so many elements of a struct meet the condition. It is evaluated once over the elements of all rows, column-wise as ever. A row without
 * elements has not all of them (Milvus, MatchExpr.cpp). All sub-fields of a struct have as many elements and are null together.
 */
export function matchCondition(
  subFields: readonly FieldSchema[],
  condition: Condition,
  mode: MatchNode['mode'],
  threshold: number,
  negated: boolean,
): Condition {
  return {
    fieldIds: elementFieldIds(subFields, condition),
    costPerRowNs: condition.costPerRowNs * ELEMENTS_GUESSED,
    evaluate(source, out) {
      out.fill(0);
      const elements = metElements(subFields, condition, source);
      // A segment that is older than the struct: every row is null.
      if (!elements) return;
      const { starts, met, valid } = elements;
      for (let row = 0; row < source.rowCount; row++) {
        const count = starts[row + 1]! - starts[row]!;
        if (isMet(mode, countOf(met, starts[row]!, starts[row + 1]!), count, threshold) !== negated) setBit(out, row);
      }
      if (valid) clearNulls(out, valid, source.rowCount);
    },
  };
}

/** Elements of the rows of a source. */
export interface MetElements {
  /** Those of row r are `starts[r] .. starts[r + 1]`. */
  readonly starts: Uint32Array;
  /** A bit per element: it meets the condition. */
  readonly met: Uint8Array;
  readonly valid: Uint8Array | undefined;
}

/** Which elements meet a condition; undefined if the segment is older than the struct. */
export function metElements(
  subFields: readonly FieldSchema[],
  condition: Condition,
  source: ColumnSource,
): MetElements | undefined {
  const typeOf = new Map(subFields.map((field) => [field.id, field.elementType!]));
  const [fieldId] = elementFieldIds(subFields, condition);
  const first = source.column(fieldId!);
  if (!first) return undefined;
  const { starts } = arrayElements(asBytes(first), typeOf.get(fieldId!)!);
  return { starts, met: evaluateElements(condition, source, starts[source.rowCount]!, typeOf), valid: first.valid };
}

/** What the condition reads; of one that reads nothing, what says how many elements there are. */
export function elementFieldIds(subFields: readonly FieldSchema[], { fieldIds }: Condition): readonly number[] {
  return fieldIds.length > 0 ? fieldIds : subFields.slice(0, 1).map(({ id }) => id);
}

function evaluateElements(
  condition: Condition,
  source: ColumnSource,
  elementCount: number,
  typeOf: ReadonlyMap<number, NonNullable<FieldSchema['elementType']>>,
): Uint8Array {
  const bits = new Uint8Array(bitsetBytes(elementCount));
  condition.evaluate(
    {
      rowCount: elementCount,
      column(fieldId) {
        const column = source.column(fieldId);
        return column && arrayElements(asBytes(column), typeOf.get(fieldId)!).elements;
      },
    },
    bits,
  );
  return bits;
}

function countOf(bits: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) if (testBit(bits, i)) count++;
  return count;
}

function isMet(mode: MatchNode['mode'], met: number, count: number, threshold: number): boolean {
  switch (mode) {
    case 'any':
      return met > 0;
    case 'all':
      return count > 0 && met === count;
    case 'least':
      return met >= threshold;
    case 'most':
      return met <= threshold;
    case 'exact':
      return met === threshold;
  }
}
