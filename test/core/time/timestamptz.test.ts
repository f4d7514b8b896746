import { expect, test } from 'vitest';
import { timeParts } from '../../../core/time/time-parts.ts';
import { formatTimestamptz, parseTimestamptz } from '../../../core/time/timestamptz.ts';

const micros = (iso: string, rest = 0) => BigInt(Date.parse(iso)) * 1000n + BigInt(rest);

test.each([
  ['2025-01-31T12:00:00Z', 'UTC', micros('2025-01-31T12:00:00Z')],
  ['2025-01-31T12:00:00+08:00', 'America/New_York', micros('2025-01-31T04:00:00Z')],
  ['2025-01-31 12:00:00.123456', 'UTC', micros('2025-01-31T12:00:00Z', 123_456)],
  ['2025-01-31T12:00:00.1234567', 'UTC', micros('2025-01-31T12:00:00Z', 123_456)],
  ['2025-01-31T12:00:00', 'Asia/Shanghai', micros('2025-01-31T04:00:00Z')],
  ['2025-07-31T12:00:00', 'Europe/Berlin', micros('2025-07-31T10:00:00Z')],
  ['2025-01-31', 'UTC', micros('2025-01-31T00:00:00Z')],
  ['1969-12-31T23:59:59.5-0100', 'UTC', micros('1970-01-01T00:59:59Z', 500_000)],
  ['2025-02-31T00:00:00Z', 'UTC', undefined],
  ['2025-01-31T25:00:00Z', 'UTC', undefined],
  ['2025-02-30T00:00:00', 'Asia/Shanghai', undefined],
  ['tomorrow', 'UTC', undefined],
  ['', 'UTC', undefined],
])('%s in %s', (text, zone, expected) => {
  expect(parseTimestamptz(text, zone)).toBe(expected);
});

test.each([
  ['2025-01-31T12:00:00Z', 0, 'UTC', '2025-01-31T12:00:00Z'],
  ['2025-01-31T12:00:00Z', 120_000, 'UTC', '2025-01-31T12:00:00.12Z'],
  ['2025-07-31T12:00:00Z', 1, 'Europe/Berlin', '2025-07-31T14:00:00.000001+02:00'],
  ['2025-01-31T12:00:00Z', 0, 'America/St_Johns', '2025-01-31T08:30:00-03:30'],
  ['1969-12-31T23:59:59Z', 999_999, 'UTC', '1969-12-31T23:59:59.999999Z'],
])('%s and %i µs in %s is %s', (iso, rest, zone, text) => {
  expect(formatTimestamptz(micros(iso, rest), zone)).toBe(text);
  expect(parseTimestamptz(text, 'UTC')).toBe(micros(iso, rest));
});

test.each([
  ['2025-12-31T23:59:58Z', 120_000, 'UTC', [2025, 12, 31, 23, 59, 58, 120_000]],
  ['2025-12-31T23:59:58Z', 1, 'Asia/Shanghai', [2026, 1, 1, 7, 59, 58, 1]],
  ['2025-07-01T02:15:00Z', 0, 'America/St_Johns', [2025, 6, 30, 23, 45, 0, 0]],
  ['1969-12-31T23:59:59Z', 999_999, 'UTC', [1969, 12, 31, 23, 59, 59, 999_999]],
])('the parts of %s and %i µs in %s', (iso, rest, zone, expected) => {
  const all = ['year', 'month', 'day', 'hour', 'minute', 'second', 'microsecond'] as const;
  expect(timeParts(micros(iso, rest), zone, all)).toEqual(expected);
});
