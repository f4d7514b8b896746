import { fillBits } from '../../bitset.ts';
import type { FieldSchema } from '../../schema/collection-schema.ts';
import { clearNulls } from './bits.ts';
import { COST, type Condition } from './condition.ts';
import { leaf } from './leaf.ts';

/** `field is not null`, or `field is null` when negated. Never unknown. */
export function notNullLeaf(field: FieldSchema, negated: boolean): Condition {
  return leaf(
    { fields: [field], costPerRowNs: COST.nullCheck, negated, seesNulls: true },
    ([column], rowCount, out) => {
      fillBits(out, rowCount);
      if (column?.valid) clearNulls(out, column.valid, rowCount);
    },
  );
}
