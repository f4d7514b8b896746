import { expect, test } from 'vitest';
import { bytesColumn, sliceColumn, textAt } from '../../../core/columns/column-operations.ts';
import { textColumn, textsOf } from '../../../core/columns/text-column.ts';
import { DataType } from '../../../core/schema/data-type.ts';

test.each([
  [['a', '', 'bc']],
  [['ä', 'a', '', '😀', '€']],
  [['\u0000', '\ufeffafter a mark', 'x\ufeff']],
  [[]],
  [['']],
  [Array.from({ length: 5_000 }, (_, i) => `row ${i}`)],
])('texts survive: %#', (texts: string[]) => {
  const column = textColumn(DataType.VarChar, texts);
  expect(column).toMatchObject({ kind: 'bytes', dataType: DataType.VarChar, rowCount: texts.length });
  expect(textsOf(column)).toEqual(texts);
});

test('the halves of a character in two rows stay two rows', () => {
  const column = textColumn(DataType.VarChar, ['\ud83d', '\ude00', 'ä']);
  expect(column.rowCount).toBe(3);
  expect(textsOf(column)).toEqual(['\ufffd', '\ufffd', 'ä']);
});

test('a part of a column knows its own rows only', () => {
  const part = sliceColumn(textColumn(DataType.VarChar, ['one', 'two', 'drei', 'fünf']), 1, 3);
  if (part.kind !== 'bytes') throw new Error('no texts');
  expect(textsOf(part)).toEqual(['two', 'drei']);
  expect(textAt(part, 0)).toBe('two');
});

test('bytes that are no UTF-8 stay in their row', () => {
  const bytes = Uint8Array.of(0x61, 0xff, 0xc3, 0x62);
  const texts = textsOf(bytesColumn(DataType.VarChar, Uint32Array.of(0, 1, 3, 4), bytes));
  expect(texts).toEqual(['a', '\ufffd\ufffd', 'b']);
});
