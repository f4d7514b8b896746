import type { FieldSchema } from '../../schema/collection-schema.ts';
import { TermRows } from '../text/term-rows.ts';
import { COST, type Condition } from './condition.ts';
import { asBytes, leaf } from './leaf.ts';

/** Rows of a VarChar field with at least `least` of the terms; `termsField` holds the terms of its rows. */
export function termsLeaf(
  field: FieldSchema,
  termsField: FieldSchema,
  terms: readonly string[],
  least: number,
  negated: boolean,
): Condition {
  const rows = new TermRows(terms);
  const costPerRowNs = COST.term * Math.max(1, rows.count);
  return leaf({ fields: [field, termsField], costPerRowNs, negated }, ([, column], rowCount, out) => {
    out.fill(0);
    rows.each(asBytes(column), rowCount, least, (row) => {
      out[row >>> 3]! |= 1 << (row & 7);
    });
  });
}
