import { DateTime, IANAZone } from 'luxon';

/**
 * Timestamptz: microseconds since 1970, UTC, in columns; ISO 8601 text for clients (RFC 3339, as Milvus writes it). A text without an offset is meant in the zone of the request,
 * the collection or the database; where there is none, UTC.
 */
export const UTC = 'UTC';

const ISO = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?)?\s?([Zz]|[+-]\d\d:?\d\d)?$/;
const MICROS_PER_MILLI = 1000n;

/** Undefined for a text that is no date and time. Digits beyond microseconds are cut off. `zone` is an IANA name. */
export function parseTimestamptz(text: string, zone: string): bigint | undefined {
  const match = ISO.exec(text.trim());
  if (!match) return undefined;
  const [, date, time = '00:00:00', fraction = '', offset] = match;
  const millis =
    offset === undefined && zone !== UTC ? millisIn(`${date}T${time}`, zone) : utcMillis(date!, time, offset);
  if (Number.isNaN(millis)) return undefined;
  return BigInt(millis) * MICROS_PER_MILLI + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

/** `2025-01-31T12:00:00.5+08:00`; `Z` for UTC. Zeroes at the end of the fraction are left out. */
export function formatTimestamptz(micros: bigint, zone: string): string {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const millis = (micros - fraction) / MICROS_PER_MILLI;
  const localMillis = localMillisOf(millis, zone);
  const offsetMinutes = (localMillis - Number(millis)) / 60_000;
  const seconds = new Date(localMillis).toISOString().slice(0, -'.000Z'.length);
  const digits = fraction === 0n ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
  return `${seconds}${digits}${offsetText(offsetMinutes)}`;
}

/** The moment at which clocks of UTC show what those of the zone show at `millis`. */
export function localMillisOf(millis: bigint, zone: string): number {
  const offsetMinutes = zone === UTC ? 0 : IANAZone.create(zone).offset(Number(millis));
  return Number(millis) + offsetMinutes * 60_000;
}

/** Date.parse takes the 31st of February for the 3rd of March: a date must read back the same. */
function utcMillis(date: string, time: string, offset: string | undefined): number {
  const day = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || !day.toISOString().startsWith(date)) return Number.NaN;
  const zone = offset === undefined ? 'Z' : offset.toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  return Date.parse(`${date}T${time}${zone}`);
}

function millisIn(text: string, zone: string): number {
  const local = DateTime.fromISO(text, { zone });
  return local.isValid ? local.toMillis() : Number.NaN;
}

function offsetText(minutes: number): string {
  if (minutes === 0) return 'Z';
  const part = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const distance = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${part(distance / 60)}:${part(distance % 60)}`;
}
