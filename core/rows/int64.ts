/** JSON numbers of any size: JSON.stringify writes such a value as it is. Not in TypeScript's library yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): object };

/** A 64-bit integer as a value for JSON.stringify. */
export function int64Value(value: bigint, form: 'number' | 'text'): unknown {
  if (form === 'text') return String(value);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : rawJSON(String(value));
}

/** JSON of a value that was parsed by `parseJson`, with its large integers; on one line unless an indent is given. */
export function stringifyExactly(value: unknown, indent?: number): string {
  const exact = (_key: string, inner: unknown) => (typeof inner === 'bigint' ? rawJSON(String(inner)) : inner);
  return JSON.stringify(value, exact, indent);
}
