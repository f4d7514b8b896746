import type { IndexRecord } from '../../../core/catalog.ts';
import type { IndexLookup, IndexQuery, ValueTest } from '../../../core/filter/index-lookup.ts';
import { parseJsonPath } from '../../../core/filter/json/parse-json-path.ts';
import { type CollectionSchema, type FieldSchema, fieldById } from '../../../core/schema/collection-schema.ts';
import { DataType, isVector } from '../../../core/schema/data-type.ts';
import type { ColumnChunks } from '../column-chunks.ts';
import { TimeSlice } from '../time-slice.ts';
import { buildFieldIndex } from './build-field-index.ts';
import { buildJsonIndex, type JsonCastType, type JsonIndex, lookUpJson } from './json-index.ts';
import { nullRowsOf } from './null-rows.ts';
import { NumberIndex } from './number-index.ts';
import { TextIndex } from './text-index.ts';

/**
 * The scalar indexes of a sealed segment. All types that clients name (INVERTED, BITMAP, STL_SORT, Trie, AUTOINDEX) are one structure here: rows by ascending value,
 * which answers what each of them is for.
 *
 * Nothing of it lies in files: an index is built when a filter first asks for it, in the background (a million rows sort in a fraction of a second on a thread
 * of the pool), while that filter scans. So an index that is created, altered or dropped later never rewrites a segment, loading never waits, and what no filter uses
 * takes no memory.
 */
export class ScalarIndexes {
  readonly #columns: ReadonlyMap<number, ColumnChunks>;
  readonly #rowCount: number;
  #entries = new Map<string, Entry>();
  readonly #nulls = new Map<number, Uint8Array | undefined>();
  #building: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(columns: ReadonlyMap<number, ColumnChunks>, rowCount: number) {
    this.#columns = columns;
    this.#rowCount = rowCount;
  }

  get memoryBytes(): number {
    let bytes = 0;
    for (const { index } of this.#entries.values()) bytes += index ? memoryBytesOf(index) : 0;
    for (const nulls of this.#nulls.values()) bytes += nulls?.byteLength ?? 0;
    return bytes;
  }

  /** Follows the indexes of the collection. What was built and is still wanted stays. */
  configure(schema: CollectionSchema, records: readonly IndexRecord[]): void {
    const wanted = records.flatMap((record) => entryOf(schema, record) ?? []);
    this.#entries = new Map(wanted.map((entry) => [entry.key, this.#entries.get(entry.key) ?? entry]));
  }

  /** Undefined if the collection has no scalar index. */
  lookup(): IndexLookup | undefined {
    if (this.#entries.size === 0) return undefined;
    return {
      rowCount: this.#rowCount,
      rows: (query) => this.#rows(query),
      nulls: (fieldId) => this.#nulls.get(fieldId),
    };
  }

  /** Resolves when everything that was asked for is built; rejects if something could not be. */
  settled(): Promise<void> {
    return this.#building;
  }

  close(): void {
    this.#isClosed = true;
    this.#entries.clear();
    this.#nulls.clear();
  }

  #rows(query: IndexQuery): Uint8Array | undefined {
    for (const entry of this.#entries.values()) {
      if (entry.field.id !== query.fieldId || entry.path?.id !== query.path) continue;
      const bits = entry.index ? lookUp(entry.index, query.test) : this.#build(entry);
      if (bits) return bits;
    }
    return undefined;
  }

  #build(entry: Entry): undefined {
    if (entry.isAsked) return;
    entry.isAsked = true;
    const before = this.#building.catch(() => undefined);
    this.#building = before.then(() => this.#buildNow(entry));
    // Without the index filters scan, as they did before; `settled` tells why there is none.
    this.#building.catch(() => undefined);
  }

  async #buildNow(entry: Entry): Promise<void> {
    const chunks = this.#columns.get(entry.field.id);
    if (!chunks || this.#isClosed) return;
    const slice = new TimeSlice();
    const index = entry.path
      ? await buildJsonIndex(entry.path, entry.castType!, chunks, this.#rowCount, slice)
      : await buildFieldIndex(entry.field, chunks, this.#rowCount, slice);
    if (!this.#nulls.has(entry.field.id)) {
      this.#nulls.set(entry.field.id, await nullRowsOf(chunks, this.#rowCount, slice));
    }
    if (!this.#isClosed) entry.index = index;
  }
}

type AnyIndex = NumberIndex | TextIndex | JsonIndex;

interface Entry {
  readonly key: string;
  readonly field: FieldSchema;
  /** Of a JSON field. */
  readonly path: ReturnType<typeof parseJsonPath> | undefined;
  readonly castType: JsonCastType | undefined;
  isAsked: boolean;
  index: AnyIndex | undefined;
}

/** Undefined for what no filter can be looked up in. */
function entryOf(schema: CollectionSchema, record: IndexRecord): Entry | undefined {
  const field = fieldById(schema, record.fieldId);
  if (!field || isVector(field.dataType) || field.dataType === DataType.Geometry) return undefined;
  if (field.dataType !== DataType.JSON) {
    return { key: String(field.id), field, path: undefined, castType: undefined, isAsked: false, index: undefined };
  }
  const castType = record.params['json_cast_type']?.toUpperCase();
  if (castType !== 'DOUBLE' && castType !== 'VARCHAR' && castType !== 'BOOL') return undefined;
  const path = parseJsonPath(field, record.params['json_path'] ?? '');
  return { key: `${field.id}${castType}${path.id}`, field, path, castType, isAsked: false, index: undefined };
}

function lookUp(index: AnyIndex, test: ValueTest): Uint8Array | undefined {
  if (index instanceof TextIndex) return test.kind === 'texts' ? index.matching(test.predicate) : undefined;
  if (!(index instanceof NumberIndex)) return test.kind === 'json' ? lookUpJson(index, test.test) : undefined;
  switch (test.kind) {
    case 'integers':
    case 'doubles':
      return index.between(test.interval.lo, test.interval.hi);
    case 'integerSet':
      return index.oneOfSet(test.set);
    case 'doubleSet':
      return index.oneOf(test.values);
    default:
      return undefined;
  }
}

function memoryBytesOf(index: AnyIndex): number {
  if (index instanceof NumberIndex || index instanceof TextIndex) return index.memoryBytes;
  return index.castType === 'VARCHAR' ? index.texts.memoryBytes : index.numbers.memoryBytes;
}
