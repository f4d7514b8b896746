import type { InputColumn } from '../../../core/rows/input-column.ts';
import type { CollectionSchema } from '../../../core/schema/collection-schema.ts';

/** A file to import, read in ranges. */
export interface ImportFile {
  readonly path: string;
  readonly byteLength: number;
  /** Bytes `from` up to `to`, which lies in the file. */
  read(from: number, to: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** How a file is to be read. */
export interface ImportFormat {
  readonly schema: CollectionSchema;
  /** Whether rows bring the keys of an autoID collection. */
  readonly givesAutoId: boolean;
  /** Of timestamps that name none; undefined: UTC. */
  readonly timezone: string | undefined;
  /** Between the cells of CSV. */
  readonly separator: string;
  /** A cell of CSV with this text is null. */
  readonly nullText: string;
}

/** Some rows of a file as it holds them, one after the other. */
export interface FilePiece {
  /** Of its first row in the file, counted from 0. */
  readonly firstRow: number;
  readonly rowCount: number;
  /** The rows `from` up to `to` of the piece as columns of the schema. Throws `restInsertInvalid` or `parameterInvalid` for values that do not fit. */
  toColumns(from: number, to: number): readonly InputColumn[];
}
