import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { stringifyExactly } from '../../core/rows/int64.ts';
import { DYNAMIC_FIELD_NAME } from '../../core/schema/collection-schema.ts';
import { DataType } from '../../core/schema/data-type.ts';
import { CLIENT_LIMITS } from '../client/limits.ts';
import type { RowPage } from '../client/row-pages.ts';
import { columnElements, parquetCell, type SchemaElement, textElement } from './parquet-schema.ts';
import type { RowEncoder } from './row-encoder.ts';
import { dynamicKeys, type Row, type Table } from './table.ts';

/** Parquet as bulk import, Milvus' too, reads it. Row groups of some megabytes are gathered; no more is in memory. */
export class ParquetEncoder implements RowEncoder {
  readonly #table: Table;
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;
  #rows: Row[] = [];
  #characters = 0;

  constructor(table: Table) {
    this.#table = table;
    const columns = table.columns.map(columnElements);
    if (table.hasDynamicKeys) columns.push([textElement(DYNAMIC_FIELD_NAME)]);
    const root: SchemaElement = { name: 'root', num_children: columns.length };
    this.#writer = new ParquetWriter({ writer: this.#bytes, schema: [root, ...columns.flat()], createdBy: 'braid' });
  }

  async encode({ rows, lines }: RowPage): Promise<Uint8Array> {
    this.#rows.push(...rows);
    this.#characters += lines.reduce((sum, line) => sum + line.length, 0);
    if (this.#characters >= CLIENT_LIMITS.rowGroupCharacters) this.#writeGroup();
    return this.#taken();
  }

  async end(): Promise<Uint8Array> {
    this.#writeGroup();
    this.#writer.finish();
    return this.#taken();
  }

  #writeGroup(): void {
    const rows = this.#rows;
    if (rows.length === 0) return;
    const columnData = this.#table.columns.map((column) => ({
      name: column.name,
      data: rows.map((row) => parquetCell(column, row[column.name])),
      // A dictionary, and statistics, of vectors cost more than they save.
      ...(column.dataType >= DataType.BinaryVector && { statistics: false }),
    }));
    if (this.#table.hasDynamicKeys) {
      const data = rows.map((row) => {
        const keys = dynamicKeys(this.#table, row);
        return keys === undefined ? undefined : stringifyExactly(keys);
      });
      columnData.push({ name: DYNAMIC_FIELD_NAME, data });
    }
    this.#writer.write({ columnData, rowGroupSize: rows.length });
    this.#rows = [];
    this.#characters = 0;
  }

  /** The bytes since the last call; the writer goes on counting. */
  #taken(): Uint8Array {
    const taken = new Uint8Array(this.#bytes.buffer, 0, this.#bytes.index).slice();
    this.#bytes.index = 0;
    return taken;
  }
}
