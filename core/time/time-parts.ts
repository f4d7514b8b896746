import { localMillisOf } from './timestamptz.ts';

/** What can be taken out of a moment, as numbers in a time zone: the parts that Milvus knows (internal/proxy/util.go, `extractFields`). */
const READERS = {
  year: (local: Date) => local.getUTCFullYear(),
  month: (local: Date) => local.getUTCMonth() + 1,
  day: (local: Date) => local.getUTCDate(),
  hour: (local: Date) => local.getUTCHours(),
  minute: (local: Date) => local.getUTCMinutes(),
  second: (local: Date) => local.getUTCSeconds(),
} as const;

export type TimePart = keyof typeof READERS | 'microsecond';

export function isTimePart(name: string): name is TimePart {
  return name === 'microsecond' || Object.hasOwn(READERS, name);
}

/** Of a Timestamptz. `microsecond` is what the seconds leave: 0 to 999,999. */
export function timeParts(micros: bigint, zone: string, parts: readonly TimePart[]): number[] {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const local = new Date(localMillisOf((micros - fraction) / 1000n, zone));
  return parts.map((part) => (part === 'microsecond' ? Number(fraction) : READERS[part](local)));
}
