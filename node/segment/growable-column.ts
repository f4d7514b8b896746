import type { BytesColumn, Column, FixedColumn, FixedValues } from '../../core/columns/column.ts';
import { bytesColumn, fixedArrayOf, fixedColumn, sliceColumn } from '../../core/columns/column-operations.ts';
import type { DataType } from '../../core/schema/data-type.ts';
import type { ColumnChunks } from './column-chunks.ts';
import { LIMITS } from './limits.ts';

const CHUNK_ROWS_MIN = 256;
const CHUNK_BYTES_MIN = 4_096;

/** A scalar column that grows at its end. Views handed out stay right: rows are only ever written behind them. */
export class GrowableColumn implements ColumnChunks {
  readonly dataType: DataType;
  readonly #chunks: (FixedChunk | BytesChunk)[] = [];
  readonly #full: (Column | undefined)[] = [];

  constructor(dataType: DataType) {
    this.dataType = dataType;
  }

  get chunkCount(): number {
    return this.#chunks.length;
  }

  get memoryBytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.memoryBytes, 0);
  }

  /** Without rows there is one empty chunk. A full chunk always gives the same object. */
  chunk(index: number): Column {
    const full = this.#full[index];
    if (full) return full;
    const chunk = this.#chunks[index] ?? this.#newChunk();
    const view = chunk.view();
    if (chunk.rowCount === LIMITS.chunkRows) this.#full[index] = view;
    return view;
  }

  /** Adds the rows of a column of the same type. */
  append(column: Column): void {
    for (let from = 0; from < column.rowCount; ) {
      let last = this.#chunks.at(-1);
      if (!last || last.rowCount === LIMITS.chunkRows) {
        last = this.#newChunk();
        this.#chunks.push(last);
      }
      const count = Math.min(column.rowCount - from, LIMITS.chunkRows - last.rowCount);
      last.append(sliceColumn(column, from, from + count) as FixedColumn & BytesColumn);
      from += count;
    }
  }

  #newChunk(): FixedChunk | BytesChunk {
    return fixedArrayOf(this.dataType) ? new FixedChunk(this.dataType) : new BytesChunk(this.dataType);
  }
}

/** Validity of a chunk: made when the first null comes. */
class ValidFlags {
  #flags: Uint8Array | undefined;

  get memoryBytes(): number {
    return this.#flags?.byteLength ?? 0;
  }

  append(flags: Uint8Array | undefined, rowCount: number, added: number): void {
    if (!flags && !this.#flags) return;
    if (!this.#flags) {
      if (!flags!.includes(0)) return;
      this.#flags = new Uint8Array(LIMITS.chunkRows).fill(1, 0, rowCount);
    }
    if (flags) this.#flags.set(flags, rowCount);
    else this.#flags.fill(1, rowCount, rowCount + added);
  }

  view(rowCount: number): Uint8Array | undefined {
    return this.#flags?.subarray(0, rowCount);
  }
}

class FixedChunk {
  readonly #dataType: DataType;
  readonly #valid = new ValidFlags();
  #values: FixedValues;
  rowCount = 0;

  constructor(dataType: DataType) {
    this.#dataType = dataType;
    this.#values = new (fixedArrayOf(dataType)!)(CHUNK_ROWS_MIN);
  }

  get memoryBytes(): number {
    return this.#values.byteLength + this.#valid.memoryBytes;
  }

  append(column: FixedColumn): void {
    const rowCount = this.rowCount + column.rowCount;
    if (rowCount > this.#values.length) {
      const grown = new (fixedArrayOf(this.#dataType)!)(roomFor(rowCount, this.#values.length, LIMITS.chunkRows));
      copyInto(grown, this.#values.subarray(0, this.rowCount), 0);
      this.#values = grown;
    }
    copyInto(this.#values, column.values, this.rowCount);
    this.#valid.append(column.valid, this.rowCount, column.rowCount);
    this.rowCount = rowCount;
  }

  view(): Column {
    return fixedColumn(this.#dataType, this.#values.subarray(0, this.rowCount), this.#valid.view(this.rowCount));
  }
}

class BytesChunk {
  readonly #dataType: DataType;
  readonly #valid = new ValidFlags();
  #offsets = new Uint32Array(CHUNK_ROWS_MIN + 1);
  #bytes = new Uint8Array(CHUNK_BYTES_MIN);
  rowCount = 0;

  constructor(dataType: DataType) {
    this.#dataType = dataType;
  }

  get memoryBytes(): number {
    return this.#offsets.byteLength + this.#bytes.byteLength + this.#valid.memoryBytes;
  }

  append(column: BytesColumn): void {
    const rowCount = this.rowCount + column.rowCount;
    const end = this.#offsets[this.rowCount]!;
    const start = column.offsets[0]!;
    const added = column.bytes.subarray(start, column.offsets[column.rowCount]!);
    if (rowCount >= this.#offsets.length) {
      const grown = new Uint32Array(roomFor(rowCount, this.#offsets.length - 1, LIMITS.chunkRows) + 1);
      grown.set(this.#offsets);
      this.#offsets = grown;
    }
    if (end + added.length > this.#bytes.length) {
      const grown = new Uint8Array(roomFor(end + added.length, this.#bytes.length, Number.POSITIVE_INFINITY));
      grown.set(this.#bytes.subarray(0, end));
      this.#bytes = grown;
    }
    this.#bytes.set(added, end);
    for (let i = 1; i <= column.rowCount; i++) this.#offsets[this.rowCount + i] = end + column.offsets[i]! - start;
    this.#valid.append(column.valid, this.rowCount, column.rowCount);
    this.rowCount = rowCount;
  }

  view(): Column {
    const offsets = this.#offsets.subarray(0, this.rowCount + 1);
    return bytesColumn(this.#dataType, offsets, this.#bytes, this.#valid.view(this.rowCount));
  }
}

/** Doubles, so that appending is linear over all. */
function roomFor(wanted: number, present: number, most: number): number {
  return Math.min(Math.max(wanted, present * 2), most);
}

function copyInto(target: FixedValues, source: FixedValues, at: number): void {
  // Both are of the column's type: the cast only picks one overload.
  (target as Float64Array).set(source as Float64Array, at);
}
