import type { Column } from '../../core/columns/column.ts';

/** Finds the rows of a segment by primary key. */
export interface KeyIndex {
  /** Calls `onRow` for every row whose key is one of `keys`, with the key's place among them. */
  find(keys: Column, onRow: (place: number, offset: number) => void): void;
  readonly memoryBytes: number;
}
