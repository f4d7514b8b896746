import { Lexer } from './syntax/lexer.ts';

/** More of a filter is not read: it goes into logs and pages, on the event loop. */
const CHARACTERS_MAX = 8_192;

/**
 * The shape of a filter without its values: numbers and texts become `?`, lists of them one `?`; names, operators and keys of JSON paths stay (`meta["color"] in [?]`). A text
 * that is no filter gives only its length.
 */
export function redactFilter(text: string): string {
  try {
    return redacted(text);
  } catch {
    return `<${text.length} characters that are no filter>`;
  }
}

function redacted(text: string): string {
  const lexer = new Lexer(text);
  const words: string[] = [];
  let before = '';
  let isSubscript = false;
  for (; lexer.kind !== 'end'; lexer.next()) {
    if (lexer.start > CHARACTERS_MAX) return `${words.join('')}…`;
    const { kind } = lexer;
    if (kind === '[') isSubscript = before === 'name' || before === ']';
    const isValue = kind === 'string' || kind === 'integer' || kind === 'float';
    const isKey = isSubscript && before === '[';
    const word = isValue && !isKey ? '?' : text.slice(lexer.start, lexer.end);
    const gap = lexer.start > lexer.previousEnd ? ' ' : '';
    // `?, ?` is as good as `?`.
    if (word === '?' && words.at(-1) === ',' && words.at(-2)?.trim() === '?') words.pop();
    else words.push(words.length === 0 ? word : gap + word);
    before = kind;
  }
  return words.join('');
}
