import { isRecord } from './rows/is-record.ts';

/**
 * JSON that keeps bigints: one is written as `{"$bigint":"123"}`. A key of the value itself that begins with `$` gets a second `$`, so that no value can
 * look like a bigint. What JSON would lose in silence (NaN, infinities) is refused.
 */
export function stringifyWithBigints(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === 'bigint') return { $bigint: member.toString() };
    if (typeof member === 'number' && !Number.isFinite(member)) throw new Error(`${member} cannot be stored in JSON`);
    return isRecord(member) && hasMarkedKey(member) ? escapeKeys(member) : member;
  });
}

/** The inverse; throws an Error that says what is wrong with the text. */
export function parseWithBigints(text: string): unknown {
  return JSON.parse(text, (_key, member: unknown) => {
    return isRecord(member) && hasMarkedKey(member) ? decodeMarked(member) : member;
  });
}

const MARK = '$';
const DECIMAL = /^-?\d{1,40}$/;

function hasMarkedKey(record: Record<string, unknown>): boolean {
  for (const key in record) if (key.startsWith(MARK)) return true;
  return false;
}

function escapeKeys(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key.startsWith(MARK) ? MARK + key : key, value]),
  );
}

function decodeMarked(record: Record<string, unknown>): unknown {
  const digits = record['$bigint'];
  if (digits !== undefined) {
    if (typeof digits !== 'string' || !DECIMAL.test(digits) || Object.keys(record).length !== 1) {
      throw new Error(`${JSON.stringify(record)} is not a bigint`);
    }
    return BigInt(digits);
  }
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [unescapeKey(key), value]));
}

function unescapeKey(key: string): string {
  if (!key.startsWith(MARK)) return key;
  if (!key.startsWith(MARK + MARK)) throw new Error(`key ${JSON.stringify(key)} is not escaped`);
  return key.slice(MARK.length);
}
