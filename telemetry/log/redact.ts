/**
 * What may stand in a log, by its name and by its type: secrets never, vectors and bytes as their size only. Texts are kept, but for the credentials of addresses in them.
 * Rows are protected by the types of their columns; nothing logs rows by other means.
 */

const SECRET_NAME = /passw(or)?d|secret|token|authorization|api[-_]?key|credential|private[-_]?key|access[-_]?key/i;
const CENSORED = '****';
/** `scheme://user:password@host`, as connection strings of databases have it. */
const CREDENTIALS = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/@]+@/gi;
/** `Bearer …`, `Basic …` in texts of errors. */
const BEARER = /\b(bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,}/gi;
const DEPTH_MAX = 5;
/** Longer lists are shown by their length: they are vectors, keys or values of rows. */
const LIST_LENGTH_MAX = 32;
/** Lists of numbers that are longer are vectors, for all that is known. */
const NUMBERS_LENGTH_MAX = 8;
const TEXT_LENGTH_MAX = 8_192;

export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** A text without the passwords and tokens that addresses and headers in it have, and not longer than 8 KiB. */
export function redactText(text: string): string {
  const short = text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}… (${text.length} characters)` : text;
  return short.replace(CREDENTIALS, `$1:${CENSORED}@`).replace(BEARER, `$1 ${CENSORED}`);
}

/** The value as it may be logged under this name: JSON of it can be made. */
export function redact(name: string, value: unknown, depth = 0): unknown {
  if (value === undefined || value === null) return value;
  if (isSecretName(name) && typeof value !== 'number' && typeof value !== 'boolean') return CENSORED;
  switch (typeof value) {
    case 'string':
      return redactText(value);
    case 'bigint':
      return value.toString();
    case 'object':
      return redactObject(value, depth);
    case 'function':
    case 'symbol':
      return undefined;
    default:
      return value;
  }
}

function redactObject(value: object, depth: number): unknown {
  if (ArrayBuffer.isView(value)) return `[${value.constructor.name} of ${value.byteLength} bytes]`;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Error) return redactText(value.message);
  if (depth >= DEPTH_MAX) return '[deep]';
  if (value instanceof Map || value instanceof Set) return `[${value.constructor.name} of ${value.size}]`;
  if (Array.isArray(value)) return redactList(value, depth);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redact(name, item, depth + 1)]));
}

function redactList(list: readonly unknown[], depth: number): unknown {
  const isVector = list.length > NUMBERS_LENGTH_MAX && typeof list[0] === 'number';
  if (isVector || list.length > LIST_LENGTH_MAX) return `[list of ${list.length}]`;
  return list.map((item) => redact('', item, depth + 1));
}
