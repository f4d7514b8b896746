import type { VectorColumn } from '../../core/columns/column.ts';
import { vectorColumn } from '../../core/columns/column-operations.ts';
import type { MetricType } from '../../core/metric.ts';
import type { FieldSchema } from '../../core/schema/collection-schema.ts';
import type { VectorStore } from '../../native/vector-store.ts';
import { Lifetime } from './lifetime.ts';

/** The vectors of one field of a segment. Null rows hold zeroes in the store and are kept out of searches by `nullRows`. */
export interface VectorField {
  readonly field: FieldSchema;
  readonly metric: MetricType;
  readonly store: VectorStore;
  /** Keeps the store of this moment open until what it returns is called: the indexes may change under a search. */
  useStore(): () => void;
  /** One bit per row, 1 = null; may be shorter than the rows. Undefined when no row is null. Bits of rows that are there never change. */
  readonly nullRows: Uint8Array | undefined;
}

export function gatherVectors(vectors: VectorField, offsets: Uint32Array): VectorColumn {
  const { field, store, nullRows } = vectors;
  const valid =
    nullRows && Uint8Array.from(offsets, (offset) => (((nullRows[offset >>> 3] ?? 0) >>> (offset & 7)) & 1) ^ 1);
  return vectorColumn(field.dataType, field.dimension!, store.rowBytes, store.get(offsets), valid);
}

export function storeLifetime(store: VectorStore): Lifetime {
  return new Lifetime('the vector store', () => store.close());
}
