import { expect, test } from 'vitest';
import { tableLines } from '../../../cli/terminal/print-table.ts';

const HEAD = ['name', 'rows', 'address', 'summary'];
const ROWS = [
  ['books', '4300', '127.0.0.1:42835', 'a text that is much longer than all of the others together'],
  ['a', '7', '-', '短い'],
];

test('piped, a table is as wide as it gets: amounts on the right, texts on the left', () => {
  expect(tableLines(HEAD, ROWS, undefined)).toEqual([
    'name   rows  address          summary',
    `-----  ----  ---------------  ${'-'.repeat(ROWS[0]![3]!.length)}`,
    'books  4300  127.0.0.1:42835  a text that is much longer than all of the others together',
    'a         7  -                短い',
  ]);
});

test('on a terminal rows stay on their line: texts are cut, amounts and addresses are not', () => {
  expect(tableLines(HEAD, ROWS, 45).slice(2)).toEqual([
    'books  4300  127.0.0.1:42835  a text that is…',
    'a         7  -                短い',
  ]);
});

test('where even short texts do not fit, nothing is lost', () => {
  expect(tableLines(HEAD, ROWS, 10)[2]).toBe('books  4300  127.0.0.1:42835  a text …');
});

test('addresses are cut where they end the line', () => {
  const lines = tableLines(['rows', 'address', 'member'], [['1', '127.0.0.1:42835', 'writer-127.0.0.1:42835']], 35);
  expect(lines[2]).toBe('   1  127.0.0.1:42835  writer-127.…');
});

test('characters that are two columns wide, and colours that are none', () => {
  const lines = tableLines(
    ['a', 'b'],
    [
      ['短い', 'x'],
      ['\u001b[31mred\u001b[39m', 'y'],
    ],
    undefined,
  );
  expect(lines.slice(2)).toEqual(['短い  x', '\u001b[31mred\u001b[39m   y']);
});

test('no rows: the head', () => {
  expect(tableLines(['a', 'b'], [], 80)).toEqual(['a  b', '-  -']);
});
