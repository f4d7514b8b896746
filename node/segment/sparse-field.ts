import type { BytesColumn } from '../../core/columns/column.ts';
import { type FieldSchema, isHidden } from '../../core/schema/collection-schema.ts';
import { DataType } from '../../core/schema/data-type.ts';
import { createSparseIndex, type SparseIndex } from '../../native/sparse-index.ts';
import type { ColumnChunks } from './column-chunks.ts';

/** Sparse vectors that can be searched: not those that only filters read. */
export function hasPostings(field: FieldSchema): boolean {
  return field.dataType === DataType.SparseFloatVector && !isHidden(field);
}

/**
 * The postings of a sparse vector field of a segment. The vectors themselves are a column beside the scalar ones; the postings are made of it, when rows come or a file is opened
 * (40 million values take 3 s of one native thread: less than to read as much from shared storage). They serve every sparse index type and both metrics.
 */
export class SparseField {
  readonly index: SparseIndex = createSparseIndex();
  #indexing: Promise<void> | undefined;

  /** All rows of a column, in postings. */
  static async of(column: ColumnChunks): Promise<SparseField> {
    const field = new SparseField();
    try {
      for (let chunk = 0; chunk < column.chunkCount; chunk++) {
        field.append(column.chunk(chunk) as BytesColumn);
        // In pieces: rows that are not in postings yet are held twice.
        await field.index.index(false);
      }
      await field.index.index(true);
      return field;
    } catch (error) {
      field.close();
      throw error;
    }
  }

  get memoryBytes(): number {
    return this.index.memoryBytes;
  }

  append({ bytes, offsets, rowCount }: BytesColumn): void {
    this.index.append(bytes, offsets.subarray(0, rowCount + 1));
  }

  /** Brings rows into postings when there are enough; calls while one runs share it. */
  indexPending(): Promise<void> {
    this.#indexing ??= this.index.index(false).finally(() => {
      this.#indexing = undefined;
    });
    return this.#indexing;
  }

  close(): void {
    this.index.close();
  }
}
