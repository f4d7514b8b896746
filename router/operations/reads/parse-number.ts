/** A whole number as clients send it: `10`, `"10"`, `10.0` is none. Undefined for anything else. */
export function parseWholeNumber(text: string): number | undefined {
  const digits = /^"?([+-]?\d{1,15})"?$/.exec(text.trim())?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** `true`, `True`, `"true"`, `1`. */
export function parseFlag(text: string | undefined): boolean {
  return text !== undefined && /^"?(true|1)"?$/i.test(text.trim());
}
