import type { CollectionDescription } from '../client/collection-description.ts';
import type { RowPage } from '../client/row-pages.ts';
import type { FileFormat } from './file-format.ts';
import { tableOf } from './table.ts';

/** Makes the bytes of a file of rows, page by page. Some pages make none: they are gathered. */
export interface RowEncoder {
  encode(page: RowPage): Promise<string | Uint8Array>;
  /** What comes last. */
  end(): Promise<string | Uint8Array>;
}

/** Encoders are loaded when they are needed: each has its library. */
export async function openEncoder(
  format: FileFormat,
  description: CollectionDescription,
  outputFields: readonly string[],
): Promise<RowEncoder> {
  const table = tableOf(description, outputFields);
  switch (format) {
    case 'csv':
      return new (await import('./csv-encoder.ts')).CsvEncoder(table);
    case 'parquet':
      return new (await import('./parquet-encoder.ts')).ParquetEncoder(table);
    case 'jsonl':
      return new (await import('./json-lines-encoder.ts')).JsonLinesEncoder();
  }
}
