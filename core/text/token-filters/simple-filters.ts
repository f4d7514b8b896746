import type { TokenFilter } from '../analyzer.ts';

/** Filters without parameters, by the names that users give. */
export const SIMPLE_FILTERS: ReadonlyMap<string, TokenFilter> = new Map<string, TokenFilter>([
  ['lowercase', (token) => token.toLowerCase()],
  ['asciifolding', foldToAscii],
  ['alphanumonly', keep(/^[a-zA-Z0-9]*$/)],
  ['cncharonly', keep(/\p{Script=Han}/u)],
  ['cnalphanumonly', keep(/[\p{Script=Han}a-zA-Z0-9]/u)],
  ['removepunct', keep(/[^\p{P}]/u)],
]);

/** Keeps the tokens that match. */
export function keep(pattern: RegExp): TokenFilter {
  return (token) => (pattern.test(token) ? token : undefined);
}

/** Letters that are no ASCII letter with a mark. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', ẞ: 'SS', æ: 'ae', Æ: 'AE', œ: 'oe', Œ: 'OE', ø: 'o', Ø: 'O', đ: 'd', Đ: 'D', ð: 'd', Ð: 'D' },
  ...{ þ: 'th', Þ: 'TH', ł: 'l', Ł: 'L', ħ: 'h', Ħ: 'H', ı: 'i', ŧ: 't', Ŧ: 'T', ŋ: 'n', Ŋ: 'N', ĸ: 'q' },
  ...{ '‘': "'", '’': "'", '“': '"', '”': '"', '–': '-', '—': '-' },
};

/** Letters with marks to the letters, ligatures and wide forms to what they stand for. */
function foldToAscii(token: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is meant.
  if (/^[\x00-\x7f]*$/.test(token)) return token;
  return token
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/gu, (letter) => LETTERS[letter] ?? letter);
}
