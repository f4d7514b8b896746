import type { FilePiece } from './import-file.ts';
import { IMPORT_LIMITS } from './limits.ts';

type Row = Record<string, unknown>;

/** Gathers rows of a file to pieces of a bounded size. */
export class RecordGroups {
  readonly #pieceOf: (records: readonly Row[], firstRow: number) => FilePiece;
  #records: Row[] = [];
  #firstRow = 0;
  #bytes = 0;

  constructor(pieceOf: (records: readonly Row[], firstRow: number) => FilePiece) {
    this.#pieceOf = pieceOf;
  }

  /** Gives a piece when enough rows have come together. */
  *add(record: Row, byteLength: number): Generator<FilePiece> {
    this.#records.push(record);
    this.#bytes += byteLength;
    if (this.#bytes >= IMPORT_LIMITS.pieceBytes || this.#records.length >= IMPORT_LIMITS.pieceRows) yield* this.end();
  }

  *end(): Generator<FilePiece> {
    if (this.#records.length === 0) return;
    yield this.#pieceOf(this.#records, this.#firstRow);
    this.#firstRow += this.#records.length;
    this.#records = [];
    this.#bytes = 0;
  }
}
