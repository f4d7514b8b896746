import { stripVTControlCharacters } from 'node:util';
import displayWidth from 'string-width';
import { paint } from './paint.ts';

const GAP = '  ';
/** Texts are cut down to so much before the lines of a table run over. */
const TEXT_WIDTH_MIN = 8;
/** Cells that name nodes: half an address is of no use. */
const ADDRESSES = /^(\S+:\d+ ?)*-?$/;
/** Cells that say how much: they stand on the right, and are never cut. */
const AMOUNT = /^-?[\d.,]*( ?(%|[kMGT]?B|m?s|days?|hours?|min))?( ago)?$/;

/** A table for a terminal: columns as wide as their widest cell, a rule below the head. On a terminal texts are cut so that a row stays on its line; piped, they are whole. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  process.stdout.write(
    `${tableLines(head, rows, process.stdout.isTTY ? process.stdout.columns : undefined).join('\n')}\n`,
  );
}

/** `widthMax`: in columns of the terminal; undefined: as wide as it gets. */
export function tableLines(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  widthMax: number | undefined,
): string[] {
  const cellsOf = (column: number): readonly string[] => rows.map((row) => row[column] ?? '');
  const isWhole = head.map((_, column) => cellsOf(column).every((cell) => ADDRESSES.test(cell)));
  const isAmount = head.map(
    (_, column) => rows.length > 0 && cellsOf(column).every((cell) => AMOUNT.test(plain(cell))),
  );
  const widest = head.map((title, column) => Math.max(...[title, ...cellsOf(column)].map(widthOf)));
  const widths = widthMax === undefined ? widest : fitted(widest, isAmount, isWhole, widthMax);
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, column) => padded(cells[column] ?? '', width, isAmount[column]!))
      .join(GAP)
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width));
  return [paint(line(head), 'head'), paint(line(rule), 'quiet'), ...rows.map(line)];
}

/** Takes from the widest texts until the line fits, or all are short; then from the last column. */
function fitted(
  widest: readonly number[],
  isAmount: readonly boolean[],
  isWhole: readonly boolean[],
  widthMax: number,
): number[] {
  const isKept = (column: number): boolean => isAmount[column]! || isWhole[column]!;
  const widths = [...widest];
  let excess = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) - widthMax;
  while (excess > 0) {
    const largest = Math.max(...widths.filter((_, column) => !isKept(column)));
    if (largest <= TEXT_WIDTH_MIN) break;
    widths[widths.findIndex((width, column) => width === largest && !isKept(column))]!--;
    excess--;
  }
  // What names nodes is cut at the end of the line only.
  const last = widths.length - 1;
  if (excess > 0 && !isAmount[last])
    widths[last] = Math.max(Math.min(widths[last]!, TEXT_WIDTH_MIN), widths[last]! - excess);
  return widths;
}

function padded(cell: string, width: number, toTheRight: boolean): string {
  const missing = width - widthOf(cell);
  if (missing < 0) return padded(cut(plain(cell), width), width, toTheRight);
  return toTheRight ? ' '.repeat(missing) + cell : cell + ' '.repeat(missing);
}

function cut(text: string, width: number): string {
  let kept = '';
  for (const character of text) {
    if (widthOf(kept) + widthOf(character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

function plain(text: string): string {
  return stripVTControlCharacters(text);
}

function widthOf(text: string): number {
  return displayWidth(text);
}
