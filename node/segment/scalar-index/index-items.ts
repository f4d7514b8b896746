import type { Column } from '../../../core/columns/column.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { orderNumbers, orderTexts, type RowOrder } from '../../../native/order-rows.ts';
import type { TimeSlice } from '../time-slice.ts';
import { NumberIndex } from './number-index.ts';
import { RowRuns } from './row-runs.ts';
import { TextIndex } from './text-index.ts';

const ITEMS_PER_TURN = 65_536;

/** Values with the row of each, collected for sorting. */
export interface Items {
  add(column: Column, place: number, row: number): void;
  /** `distinct`: no row was added twice. */
  build(rowCount: number, distinct: boolean, slice: TimeSlice): Promise<NumberIndex | TextIndex>;
}

export class NumberItems implements Items {
  #values: BigInt64Array | Float64Array;
  #rows = new Uint32Array(1024);
  #count = 0;

  constructor(dataType: DataType) {
    const is64Bit = dataType === DataType.Int64 || dataType === DataType.Timestamptz;
    this.#values = is64Bit ? new BigInt64Array(1024) : new Float64Array(1024);
  }

  add(column: Column, place: number, row: number): void {
    if (column.kind === 'fixed') this.addNumber(column.values[place]!, row);
  }

  /** NaN is in no interval and equal to nothing: it is left out. */
  addNumber(value: number | bigint, row: number): void {
    if (Number.isNaN(value)) return;
    if (this.#count === this.#rows.length) {
      this.#values = grown(this.#values);
      this.#rows = grown(this.#rows);
    }
    // The column's type decides which of the two it is.
    this.#values[this.#count] = value as never;
    this.#rows[this.#count++] = row;
  }

  async build(rowCount: number, distinct: boolean, slice: TimeSlice): Promise<NumberIndex> {
    const values = this.#values.subarray(0, this.#count) as BigInt64Array | Float64Array;
    const order = await orderNumbers(values);
    const different =
      values instanceof BigInt64Array
        ? new BigInt64Array(order.starts.length - 1)
        : new Float64Array(order.starts.length - 1);
    await eachInTurns(different.length, slice, (i) => {
      different[i] = values[order.order[order.starts[i]!]!] as never;
    });
    return new NumberIndex(await runsOf(order, this.#rows, rowCount, distinct, slice), different);
  }
}

export class TextItems implements Items {
  #bytes = new Uint8Array(16 * 1024);
  #ends = new Uint32Array(1024);
  #rows = new Uint32Array(1024);
  #count = 0;
  #byteCount = 0;

  add(column: Column, place: number, row: number): void {
    if (column.kind === 'bytes') this.addText(column.bytes, column.offsets[place]!, column.offsets[place + 1]!, row);
  }

  addText(bytes: Uint8Array, start: number, end: number, row: number): void {
    if (this.#count + 1 === this.#ends.length) {
      this.#ends = grown(this.#ends);
      this.#rows = grown(this.#rows);
    }
    while (this.#byteCount + end - start > this.#bytes.length) this.#bytes = grown(this.#bytes);
    this.#bytes.set(bytes.subarray(start, end), this.#byteCount);
    this.#byteCount += end - start;
    this.#rows[this.#count++] = row;
    this.#ends[this.#count] = this.#byteCount;
  }

  async build(rowCount: number, distinct: boolean, slice: TimeSlice): Promise<TextIndex> {
    const offsets = this.#ends.subarray(0, this.#count + 1);
    const order = await orderTexts(this.#bytes, offsets);
    const count = order.starts.length - 1;
    const ends = new Uint32Array(count + 1);
    const itemOf = (run: number) => order.order[order.starts[run]!]!;
    await eachInTurns(count, slice, (run) => {
      ends[run + 1] = ends[run]! + offsets[itemOf(run) + 1]! - offsets[itemOf(run)]!;
    });
    const bytes = new Uint8Array(ends[count]!);
    await eachInTurns(count, slice, (run) => {
      bytes.set(this.#bytes.subarray(offsets[itemOf(run)]!, offsets[itemOf(run) + 1]!), ends[run]!);
    });
    return new TextIndex(await runsOf(order, this.#rows, rowCount, distinct, slice), bytes, ends);
  }
}

/** From items to rows. */
async function runsOf(
  order: RowOrder,
  rows: Uint32Array,
  rowCount: number,
  distinct: boolean,
  slice: TimeSlice,
): Promise<RowRuns> {
  await eachInTurns(order.order.length, slice, (i) => {
    order.order[i] = rows[order.order[i]!]!;
  });
  return RowRuns.build(rowCount, order, distinct, slice);
}

async function eachInTurns(count: number, slice: TimeSlice, visit: (index: number) => void): Promise<void> {
  for (let from = 0; from < count; from += ITEMS_PER_TURN) {
    const to = Math.min(from + ITEMS_PER_TURN, count);
    for (let i = from; i < to; i++) visit(i);
    if (slice.isOver()) await slice.next();
  }
}

function grown<Values extends Uint8Array | Uint32Array | Float64Array | BigInt64Array>(values: Values): Values {
  const larger = new (values.constructor as new (length: number) => Values)(values.length * 2);
  larger.set(values as never);
  return larger;
}
