import type { ColumnBatch } from '../../../core/columns/column.ts';
import type { ErrorName } from '../../../core/errors.ts';
import type { ImportFormat } from './import-file.ts';

/** What the thread that parses is started with. */
export interface ParserData {
  readonly format: ImportFormat;
  readonly files: readonly { readonly path: string; readonly byteLength: number }[];
}

/** From the thread that parses. Files are numbered in the order of the job. */
export type ParserMessage =
  /** Wants bytes of a file. */
  | { readonly kind: 'read'; readonly file: number; readonly from: number; readonly to: number; readonly id: number }
  | { readonly kind: 'rowsExpected'; readonly file: number; readonly rowCount: number }
  /** Checked rows; `readBytes` of the file were looked at so far. */
  | { readonly kind: 'rows'; readonly file: number; readonly batch: ColumnBatch; readonly readBytes: number }
  | { readonly kind: 'failed'; readonly error: ErrorName; readonly message: string }
  | { readonly kind: 'done' };

/** To the thread that parses. */
export type ParserReply =
  | { readonly kind: 'bytes'; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'unreadable'; readonly id: number; readonly error: ErrorName; readonly message: string }
  /** One batch has been taken: one more may follow. */
  | { readonly kind: 'taken' };
