import { fillBits } from '../../bitset.ts';
import { COST, type Condition } from './condition.ts';

/** True for every row, or for none. */
export function constantCondition(value: boolean): Condition {
  return {
    fieldIds: [],
    costPerRowNs: COST.constant,
    evaluate(source, out) {
      if (value) fillBits(out, source.rowCount);
      else out.fill(0);
    },
  };
}
