import { textAt } from '../../columns/column-operations.ts';
import type { FieldSchema } from '../../schema/collection-schema.ts';
import type { Analyzer } from '../../text/analyzer.ts';
import type { Phrase } from '../text/phrase.ts';
import { TermRows } from '../text/term-rows.ts';
import { COST, type Condition } from './condition.ts';
import { asBytes, leaf } from './leaf.ts';

/** Rows of a VarChar field with a phrase: those that have all its terms are analysed again. */
export function phraseLeaf(
  field: FieldSchema,
  termsField: FieldSchema,
  analyzer: Analyzer,
  phrase: Phrase,
  negated: boolean,
): Condition {
  const rows = new TermRows(phrase.terms);
  return leaf({ fields: [field, termsField], costPerRowNs: COST.phrase, negated }, ([texts, terms], rowCount, out) => {
    out.fill(0);
    if (rows.count === 0) return;
    const column = asBytes(texts);
    rows.each(asBytes(terms), rowCount, rows.count, (row) => {
      if (phrase.isIn(analyzer, textAt(column, row))) out[row >>> 3]! |= 1 << (row & 7);
    });
  });
}
