import { BraidError, type ErrorName } from '../errors.ts';

const TEXT_SHOWN_MAX = 200;
const DETAIL_SHOWN_MAX = 500;
const BEFORE_SHOWN_MAX = 40;
const AFTER_SHOWN_MAX = 40;
const CARETS_MAX = 30;

/**
 * An error of a filter text, in Milvus' words ("failed to create query plan: cannot parse expression: …, error: …"), followed by the place:
 * two lines with the surrounding text and carets below the part that is wrong. Long texts, names and values are shortened.
 */
export function filterError(
  text: string,
  span: { readonly start: number; readonly end: number },
  detail: string,
  kind: ErrorName = 'parameterInvalid',
): BraidError {
  return new BraidError(
    kind,
    `failed to create query plan: cannot parse expression: ${oneLine(shorten(text, TEXT_SHOWN_MAX))}, ` +
      `error: ${shorten(detail, DETAIL_SHOWN_MAX)}, at position ${span.start + 1}\n${excerpt(text, span.start, span.end)}`,
  );
}

function excerpt(text: string, start: number, end: number): string {
  const from = Math.max(0, start - BEFORE_SHOWN_MAX);
  const to = Math.min(text.length, start + AFTER_SHOWN_MAX);
  const before = `${from > 0 ? '…' : ''}${oneLine(text.slice(from, start))}`;
  const after = `${oneLine(text.slice(start, to))}${to < text.length ? '…' : ''}`;
  const carets = '^'.repeat(Math.min(Math.max(end - start, 1), CARETS_MAX));
  return `    ${before}${after}\n    ${' '.repeat(before.length)}${carets}`;
}

function shorten(text: string, lengthMax: number): string {
  return text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text;
}

function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}
