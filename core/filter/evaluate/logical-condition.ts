import type { ColumnSource } from '../filter.ts';
import type { IndexAnswer } from '../index-lookup.ts';
import { andBits, anyBit, orBits } from './bits.ts';
import type { Condition } from './condition.ts';
import { constantCondition } from './constant-condition.ts';

/** True where all operands are. Cheap operands run first, and nothing runs once no row is left. */
export function allOf(operands: readonly Condition[]): Condition {
  const only = combined(operands, true);
  if (only) return only;
  const ordered = operands.toSorted((left, right) => left.costPerRowNs - right.costPerRowNs);
  return {
    ...describe(operands),
    evaluate(source, out) {
      evaluateEach(source, ordered, out, andBits, () => !anyBit(out));
    },
    fromIndexes(lookup) {
      const answers = operands.map((operand) => operand.fromIndexes?.(lookup));
      const known = answers.filter((answer) => answer !== undefined);
      const [first, ...others] = known;
      if (!first) return undefined;
      for (const { bits } of others) andBits(first.bits, bits);
      const rests = operands.flatMap((operand, i) => (answers[i] ? (answers[i].rest ?? []) : operand));
      return { bits: first.bits, rest: rests.length > 0 ? allOf(rests) : undefined };
    },
  };
}

/** True where any operand is. The primary keys are known if every operand's are. */
export function anyOf(operands: readonly Condition[]): Condition {
  const only = combined(operands, false);
  if (only) return only;
  const keys = operands.map((operand) => operand.primaryKeys);
  const any: Condition = {
    ...describe(operands),
    ...(keys.every((list) => list !== undefined) && { primaryKeys: [...new Set(keys.flat())] }),
    evaluate(source, out) {
      evaluateEach(source, operands, out, orBits, () => false);
    },
    fromIndexes(lookup) {
      const answers: IndexAnswer<Condition>[] = [];
      for (const operand of operands) {
        const answer = operand.fromIndexes?.(lookup);
        if (!answer) return undefined;
        answers.push(answer);
      }
      const [first, ...others] = answers as [IndexAnswer<Condition>, ...IndexAnswer<Condition>[]];
      for (const { bits } of others) orBits(first.bits, bits);
      // Which operand let a row through is not known any more.
      return { bits: first.bits, rest: answers.some(({ rest }) => rest) ? any : undefined };
    },
  };
  return any;
}

function combined(operands: readonly Condition[], whenEmpty: boolean): Condition | undefined {
  return operands.length === 0 ? constantCondition(whenEmpty) : operands.length === 1 ? operands[0] : undefined;
}

function describe(operands: readonly Condition[]): Pick<Condition, 'fieldIds' | 'costPerRowNs'> {
  return {
    fieldIds: [...new Set(operands.flatMap((operand) => operand.fieldIds))],
    costPerRowNs: operands.reduce((sum, operand) => sum + operand.costPerRowNs, 0),
  };
}

function evaluateEach(
  source: ColumnSource,
  operands: readonly Condition[],
  out: Uint8Array,
  combine: (bits: Uint8Array, other: Uint8Array) => void,
  done: () => boolean,
): void {
  operands[0]!.evaluate(source, out);
  const scratch = new Uint8Array(out.length);
  for (const operand of operands.slice(1)) {
    if (done()) return;
    operand.evaluate(source, scratch);
    combine(out, scratch);
  }
}
