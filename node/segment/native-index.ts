import type { IndexRecord } from '../../core/catalog.ts';
import { type CopyScalar, type IndexOptions, LIMITS, type Scalar } from '../../native/vector-store.ts';

/**
 * Graph parameters where the index names none: recall@10 of 0.95 and more on sentence embeddings of 512 dimensions together with
 * `defaultExpansion` (search-plan.ts).
 */
export const CONNECTIVITY_DEFAULT = 16;
export const EXPANSION_ADD_DEFAULT = 128;

/** What an index type is built as. `floats`: the copy that is made of float rows; the index compares other rows, and those without a copy, as they are. */
type Structure =
  | { readonly kind: 'exact' }
  | { readonly kind: 'graph'; readonly floats: CopyScalar }
  | { readonly kind: 'lists'; readonly floats?: CopyScalar };

const EXACT = { kind: 'exact' } as const;
const GRAPH = { kind: 'graph', floats: 'bf16' } as const;
const BYTE_GRAPH = { kind: 'graph', floats: 'i8' } as const;
const LISTS = { kind: 'lists' } as const;
const BYTE_LISTS = { kind: 'lists', floats: 'i8' } as const;

/** Types that are not here (AUTOINDEX, HNSW, GPU_CAGRA, ...) get a graph. docs/indexes.md shows users this table. */
const STRUCTURES: ReadonlyMap<string, Structure> = new Map<string, Structure>([
  ['FLAT', EXACT],
  ['BIN_FLAT', EXACT],
  ['GPU_BRUTE_FORCE', EXACT],
  ['HNSW_PQ', BYTE_GRAPH],
  ['HNSW_PRQ', BYTE_GRAPH],
  ['DISKANN', BYTE_GRAPH],
  ['IVF_FLAT', LISTS],
  ['GPU_IVF_FLAT', LISTS],
  ['BIN_IVF_FLAT', LISTS],
  ['IVF_SQ8', BYTE_LISTS],
  ['IVF_PQ', BYTE_LISTS],
  ['IVF_RABITQ', BYTE_LISTS],
  ['GPU_IVF_PQ', BYTE_LISTS],
  ['SCANN', BYTE_LISTS],
]);

/** `sq_type` of HNSW_SQ; those of fewer bits than 8 are kept in 8. */
const QUANTISED: ReadonlyMap<string, CopyScalar> = new Map([
  ['FP16', 'f16'],
  ['BF16', 'bf16'],
]);

/** The index of the addon that serves an index of Milvus over rows of this type; undefined: rows are scanned. */
export function nativeIndex(record: IndexRecord, rows: Scalar): IndexOptions | undefined {
  const structure = structureOf(record);
  if (structure.kind === 'exact') return undefined;
  const hasFloats = rows === 'f32' || rows === 'f16' || rows === 'bf16';
  const scalar = hasFloats ? narrower(rows, structure.floats) : rows;
  if (structure.kind === 'lists') {
    return { kind: 'lists', listCount: numberParam(record, 'nlist', 0, 1, LIMITS.listsMax), scalar };
  }
  const connectivity = numberParam(record, 'M', CONNECTIVITY_DEFAULT, LIMITS.connectivityMin, LIMITS.connectivityMax);
  const expansionAdd = numberParam(record, 'efConstruction', EXPANSION_ADD_DEFAULT, 1, LIMITS.expansionMax);
  return { kind: 'graph', connectivity, expansionAdd, scalar };
}

function structureOf({ indexType, params }: IndexRecord): Structure {
  const type = indexType.toUpperCase();
  if (type !== 'HNSW_SQ') return STRUCTURES.get(type) ?? GRAPH;
  return { kind: 'graph', floats: QUANTISED.get((params['sq_type'] ?? '').toUpperCase()) ?? 'i8' };
}

/** Rows of 16 bits are not copied to other 16 bits. */
function narrower(rows: Scalar, copy: CopyScalar = rows): CopyScalar {
  return rows === 'bf16' && copy !== 'i8' ? rows : copy;
}

function numberParam(index: IndexRecord, name: string, fallback: number, min: number, max: number): number {
  const value = Number(index.params[name] ?? fallback);
  return Number.isFinite(value) && value !== fallback ? Math.min(max, Math.max(min, Math.trunc(value))) : fallback;
}
