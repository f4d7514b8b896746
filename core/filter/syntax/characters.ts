/** Character classes of the filter language, on UTF-16 codes. NaN (past the end) is in none of them. */

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function isNameStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}

export function isNamePart(code: number): boolean {
  return isNameStart(code) || isDigit(code);
}

/** End of the name that goes on at `from`. */
export function nameEnd(text: string, from: number): number {
  let end = from;
  while (isNamePart(text.charCodeAt(end))) end++;
  return end;
}

export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

/** The first place at or after `from` that is no white space. */
export function skipSpace(text: string, from: number): number {
  let position = from;
  while (isSpace(text.charCodeAt(position))) position++;
  return position;
}
