import { stringifyExactly } from '../../core/rows/int64.ts';
import { DYNAMIC_FIELD_NAME } from '../../core/schema/collection-schema.ts';
import type { RowPage } from '../client/row-pages.ts';
import type { RowEncoder } from './row-encoder.ts';
import { dynamicKeys, type Row, type Table } from './table.ts';

const NEEDS_QUOTES = /^$|^\s|\s$|[",\r\n]/;

/** CSV (RFC 4180) with a head. Vectors, arrays, structs and `$meta` are JSON. Null is an empty cell, an empty text is `""`. */
export class CsvEncoder implements RowEncoder {
  readonly #table: Table;
  #hasHead = false;

  constructor(table: Table) {
    this.#table = table;
  }

  async encode({ rows }: RowPage): Promise<string> {
    return this.#head() + rows.map((row) => this.#line(row)).join('');
  }

  /** Of no rows the head alone is left. */
  async end(): Promise<string> {
    return this.#head();
  }

  #head(): string {
    if (this.#hasHead) return '';
    this.#hasHead = true;
    const { columns, hasDynamicKeys } = this.#table;
    const names = [...columns.map(({ name }) => name), ...(hasDynamicKeys ? [DYNAMIC_FIELD_NAME] : [])];
    return `${names.map(cellOf).join(',')}\n`;
  }

  #line(row: Row): string {
    const { columns, hasDynamicKeys } = this.#table;
    const cells = columns.map(({ name }) => cellOf(row[name]));
    if (hasDynamicKeys) cells.push(cellOf(dynamicKeys(this.#table, row)));
    return `${cells.join(',')}\n`;
  }
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : stringifyExactly(value);
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
