import type { Column, FixedColumn, FixedValues } from '../../core/columns/column.ts';
import { bytesColumn, fixedColumn, vectorColumn } from '../../core/columns/column-operations.ts';

/** A column put together from pieces that come one after the other: each is copied when it comes, so that a long column is never copied in one go. */
export class JoinedColumn {
  readonly #first: Column;
  readonly #rowCount: number;
  readonly #data: Uint8Array;
  readonly #offsets: Uint32Array;
  #valid: Uint8Array | undefined;
  #rows = 0;
  #end = 0;

  /** `bytes`: of the values of all rows, if they are of different lengths. */
  constructor(rowCount: number, bytes: number, first: Column) {
    this.#first = first;
    this.#rowCount = rowCount;
    this.#data = new Uint8Array(first.kind === 'bytes' ? bytes : rowCount * rowBytesOf(first));
    this.#offsets = new Uint32Array(first.kind === 'bytes' ? rowCount + 1 : 0);
    this.add(first);
  }

  add(piece: Column): void {
    if (piece.valid) {
      this.#valid ??= new Uint8Array(this.#rowCount).fill(1);
      this.#valid.set(piece.valid.subarray(0, piece.rowCount), this.#rows);
    }
    const data = dataOf(piece);
    this.#data.set(data, this.#end);
    if (piece.kind === 'bytes') {
      const shift = this.#end - piece.offsets[0]!;
      for (let i = 1; i <= piece.rowCount; i++) this.#offsets[this.#rows + i] = piece.offsets[i]! + shift;
    }
    this.#rows += piece.rowCount;
    this.#end += data.length;
  }

  column(): Column {
    const first = this.#first;
    switch (first.kind) {
      case 'fixed': {
        const Values = first.values.constructor as new (buffer: ArrayBuffer) => FixedValues;
        return fixedColumn(first.dataType, new Values(this.#data.buffer as ArrayBuffer), this.#valid);
      }
      case 'bytes':
        return bytesColumn(first.dataType, this.#offsets, this.#data, this.#valid);
      case 'vector':
        return vectorColumn(first.dataType, first.dimension, first.rowBytes, this.#data, this.#valid);
    }
  }
}

function rowBytesOf(column: Exclude<Column, { kind: 'bytes' }>): number {
  return column.kind === 'vector' ? column.rowBytes : column.values.BYTES_PER_ELEMENT;
}

function dataOf(column: Column): Uint8Array {
  switch (column.kind) {
    case 'fixed':
      return bytesOfValues(column);
    case 'bytes':
      return column.bytes.subarray(column.offsets[0]!, column.offsets[column.rowCount]!);
    case 'vector':
      return column.data;
  }
}

function bytesOfValues({ values, rowCount }: FixedColumn): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, rowCount * values.BYTES_PER_ELEMENT);
}
