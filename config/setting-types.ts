import Type, { type TInteger, type TNumberOptions, type TString, type TStringOptions } from 'typebox';

/**
 * Settings with a unit, for the schema of the configuration and for the options of plugins. The value is always a number in the unit that the
 * name ends with; in the file and in variables it may be written as text (`30s`, `64MB`).
 */

/** A duration in milliseconds. Text: `250ms`, `30s`, `5m`, `2h`, `1d`. */
export function durationMs(options: TNumberOptions = {}): TInteger {
  return Type.Integer({ minimum: 0, ...options, unit: 'ms' });
}

/** A size in bytes. Text: `512KB`, `64MB`, `2GB`, `1TB`; always powers of 1024, also written `MiB`. */
export function sizeBytes(options: TNumberOptions = {}): TInteger {
  return Type.Integer({ minimum: 0, ...options, unit: 'bytes' });
}

/** Text that is never printed: shown as `****` by `braid config` and kept out of logs. */
export function secretText(options: TStringOptions = {}): TString {
  return Type.String({ ...options, secret: true });
}

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const BYTES: Readonly<Record<string, number>> = { b: 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30, tb: 2 ** 40 };

/** The shortest text for a number in such a unit: `10m`, `512MB`. */
export function formatQuantity(value: number, unit: unknown): string {
  const factors = unit === 'ms' ? MILLISECONDS : unit === 'bytes' ? BYTES : {};
  const fitting = Object.entries(factors).filter(([, factor]) => value >= factor && value % factor === 0);
  const [suffix, factor] = fitting.at(-1) ?? ['', 1];
  return `${value / factor}${unit === 'bytes' ? suffix.toUpperCase() : suffix}`;
}

/** A number written as text, in the unit of the setting; undefined when it is not one. */
export function parseQuantity(text: string, unit: unknown): number | undefined {
  const match = /^\s*(-?\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  if (match === null) return undefined;
  const amount = Number(match[1]);
  const suffix = match[2]!.toLowerCase();
  if (suffix === '') return amount;
  const factor = unit === 'ms' ? MILLISECONDS[suffix] : unit === 'bytes' ? BYTES[suffix.replace('ib', 'b')] : undefined;
  return factor === undefined ? undefined : Math.round(amount * factor);
}
