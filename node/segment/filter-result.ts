import { bitsetBytes, clearBit, testBit } from '../../core/bitset.ts';
import type { BytesColumn } from '../../core/columns/column.ts';
import { sliceColumn } from '../../core/columns/column-operations.ts';
import type { Filter, RowTest } from '../../core/filter/filter.ts';
import type { IndexAnswer, IndexLookup } from '../../core/filter/index-lookup.ts';
import { DataType } from '../../core/schema/data-type.ts';
import { CHUNK_MASK, CHUNK_SHIFT, type ColumnChunks, gatherChunks } from './column-chunks.ts';
import { LIMITS } from './limits.ts';
import { combineRows, createRowBits, offsetsOf, type RowSet, resizeRowBits } from './row-bits.ts';
import { TimeSlice } from './time-slice.ts';

const PIECE_ROWS_MIN = 64;
const PIECE_NS_MAX = 2_000_000;
/** Of geometries and arrays that are looked at in one go: a few milliseconds of work. */
const PIECE_BYTES_MAX = 2 * 1024 * 1024;
const LONG_TYPES: readonly DataType[] = [DataType.Geometry, DataType.Array, DataType.ArrayOfVector];
/** Gathering a row costs several times more than testing it in its column. */
const GATHERED_SHARE = 8;

export type Holes = readonly (Uint8Array | undefined)[];

/** What filters are evaluated over. */
export interface FilteredRows {
  readonly columns: ReadonlyMap<number, ColumnChunks>;
  /** What indexes know now, over all rows; only of segments that do not grow. */
  readonly lookup?: () => IndexLookup | undefined;
}

/** Remembers the newest combination: searches between two deletes share it. */
export class LastCombination {
  #last: { readonly rowCount: number; readonly without: Holes; readonly rows: RowSet } | undefined;

  /** `only` keeps its meaning for the rows below `rowCount` from call to call. */
  combine(rowCount: number, only: Uint8Array | undefined, without: Holes): RowSet {
    const last = this.#last;
    if (last?.rowCount === rowCount && last.without.every((bits, i) => bits === without[i])) return last.rows;
    const rows = combineRows(rowCount, only, without);
    this.#last = { rowCount, without, rows };
    return rows;
  }
}

/**
 * The rows of a segment that one filter passes, and what became of them last. What indexes know is taken from them, in one go; the rest is evaluated column-wise,
 * in pieces that share the event loop: over all rows, or over the few that the indexes left.
 */
export class FilterResult {
  readonly #filter: Filter;
  readonly #rows: FilteredRows;
  #bits = createRowBits(0);
  #extending: Promise<void> = Promise.resolve();
  readonly #combination = new LastCombination();
  rowCount = 0;

  constructor(filter: Filter, rows: FilteredRows) {
    this.#filter = filter;
    this.#rows = rows;
  }

  get memoryBytes(): number {
    return this.#bits.byteLength * 2;
  }

  /** Evaluates up to `rowCount` rows; concurrent callers wait for each other and share the work. */
  extendTo(rowCount: number): Promise<void> {
    this.#extending = this.#extending.then(() => this.#extend(rowCount));
    const extending = this.#extending;
    // A filter that throws fails its callers, not those who ask later.
    this.#extending = extending.catch(() => undefined);
    return extending;
  }

  combined(rowCount: number, without: Holes): RowSet {
    return this.#combination.combine(rowCount, this.#bits, without);
  }

  async #extend(rowCount: number): Promise<void> {
    if (this.rowCount >= rowCount) return;
    const lookup = this.rowCount === 0 ? this.#rows.lookup?.() : undefined;
    const answer = lookup && this.#filter.fromIndexes(lookup);
    if (answer) {
      this.#bits = await this.#narrow(answer, rowCount);
      this.rowCount = rowCount;
      return;
    }
    if (this.#bits.length * 8 < rowCount) this.#bits = resizeRowBits(this.#bits, rowCount);
    // Pieces begin at whole bytes: the last, unfinished byte is evaluated again.
    await this.#inPieces(this.#filter, this.rowCount & ~7, rowCount, (from, to) => {
      this.#evaluate(this.#filter, from, to, this.#bits.subarray(from >>> 3, (to + 7) >>> 3));
      this.rowCount = to;
    });
  }

  /** Asks what is left of the filter: of the rows that indexes let through, gathered if they are few, else of all. */
  async #narrow({ bits, rest }: IndexAnswer<RowTest>, rowCount: number): Promise<Uint8Array> {
    if (!rest) return bits;
    const { count } = combineRows(rowCount, bits, []);
    if (count * GATHERED_SHARE < rowCount) {
      await this.#narrowGathered(rest, bits, offsetsOf({ bits, count }, rowCount));
      return bits;
    }
    await this.#inPieces(rest, 0, rowCount, (from, to) => {
      const passing = new Uint8Array(bitsetBytes(to - from));
      this.#evaluate(rest, from, to, passing);
      for (let i = 0; i < passing.length; i++) bits[(from >>> 3) + i]! &= passing[i]!;
    });
    return bits;
  }

  async #narrowGathered(rest: RowTest, bits: Uint8Array, offsets: Uint32Array): Promise<void> {
    await inPieces(rest, 0, offsets.length, (from, to) => {
      const piece = offsets.subarray(from, to);
      const passing = new Uint8Array(bitsetBytes(piece.length));
      const column = (fieldId: number) => {
        const chunks = this.#rows.columns.get(fieldId);
        return chunks && gatherChunks(chunks, piece);
      };
      rest.evaluate({ rowCount: piece.length, firstRow: from, column }, passing);
      for (let i = 0; i < piece.length; i++) if (!testBit(passing, i)) clearBit(bits, piece[i]!);
      return to;
    });
  }

  /** Pieces of all rows. */
  #inPieces(test: RowTest, start: number, rowCount: number, visit: (from: number, to: number) => void): Promise<void> {
    return inPieces(test, start, rowCount, (from, to) => {
      // Where values are long, fewer rows: the caller goes on where the visit ended.
      const end = this.#shortened(from, to);
      visit(from, end);
      return end;
    });
  }

  /** The end of a piece whose geometries and arrays are not too long together; whole bytes of the bitset, eight rows at least. */
  #shortened(from: number, to: number): number {
    const start = from & CHUNK_MASK;
    let rows = to - from;
    for (const fieldId of this.#filter.fieldIds) {
      const column = this.#rows.columns.get(fieldId)?.chunk(from >>> CHUNK_SHIFT);
      if (!column || !LONG_TYPES.includes(column.dataType)) continue;
      const { offsets } = column as BytesColumn;
      while (rows > 8 && offsets[start + rows]! - offsets[start]! > PIECE_BYTES_MAX) rows = ((rows >>> 1) + 7) & ~7;
    }
    return from + rows;
  }

  /** Rows from..to-1 of one chunk. */
  #evaluate(test: RowTest, from: number, to: number, out: Uint8Array): void {
    const chunk = from >>> CHUNK_SHIFT;
    const start = from & CHUNK_MASK;
    const column = (fieldId: number) => {
      const whole = this.#rows.columns.get(fieldId)?.chunk(chunk);
      // Filters remember what they parsed of a column object: whole chunks keep theirs.
      const isWhole = start === 0 && whole?.rowCount === to - from;
      return whole && !isWhole ? sliceColumn(whole, start, start + to - from) : whole;
    };
    test.evaluate({ rowCount: to - from, firstRow: from, column }, out);
  }
}

/** `visit` gets pieces within chunks, so many rows that none holds the event loop; between them it turns. It may end before the piece does, and says so. */
async function inPieces(
  test: RowTest,
  start: number,
  rowCount: number,
  visit: (from: number, to: number) => number,
): Promise<void> {
  const slice = new TimeSlice();
  const pieceRows = rowsPerPiece(test);
  for (let from = start; from < rowCount; ) {
    const to = Math.min(from + pieceRows, (from | CHUNK_MASK) + 1, rowCount);
    from = visit(from, to);
    if (from < rowCount && slice.isOver()) await slice.next();
  }
}

/** A chunk, unless the filter is so long that a chunk would hold the event loop. */
function rowsPerPiece({ costPerRowNs }: RowTest): number {
  const rows = Math.floor(PIECE_NS_MAX / Math.max(1, costPerRowNs));
  return Math.max(PIECE_ROWS_MIN, Math.min(rows & ~7, LIMITS.chunkRows));
}
