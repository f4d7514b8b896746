import type { BytesColumn, Column } from '../../core/columns/column.ts';
import { sliceColumn } from '../../core/columns/column-operations.ts';
import { fieldsRead, functionOutput } from '../../core/rows/function-outputs.ts';
import {
  type CollectionSchema,
  type FunctionSchema,
  fieldById,
  isHidden,
} from '../../core/schema/collection-schema.ts';
import type { ColumnChunks } from './column-chunks.ts';
import { GrowableColumn } from './growable-column.ts';
import { LIMITS } from './limits.ts';
import { hasPostings, SparseField } from './sparse-field.ts';

/** The rows of a segment, as outputs are computed from them and kept beside them. */
export interface OutputOwner {
  readonly rowCount: number;
  readonly scalars: Map<number, ColumnChunks>;
  readonly sparse: Map<number, SparseField>;
  /** Fields that a load left out; an output whose input is one of them becomes one. */
  readonly unloaded: Set<number>;
}

/**
 * Outputs of functions that are younger than rows of a segment: computed from the rows themselves, off and on the event loop, when somebody needs them, and kept with the segment from then on.
 * What is written of the segment later (sealing, compaction) has them, so the work is done once for each row and each holder of an old segment.
 */
export class LateOutputs {
  readonly #owner: OutputOwner;
  readonly #outputs = new Map<number, LateOutput>();
  #isClosed = false;

  constructor(owner: OutputOwner) {
    this.#owner = owner;
  }

  /** Of the columns; postings are counted where those of all fields are. */
  get memoryBytes(): number {
    let bytes = 0;
    for (const { column } of this.#outputs.values()) bytes += column.memoryBytes;
    return bytes;
  }

  has(fieldId: number): boolean {
    return this.#outputs.has(fieldId);
  }

  /** Takes over the functions whose outputs the segment lacks. */
  follow(schema: CollectionSchema): void {
    for (const definition of schema.functions) {
      const fieldId = definition.outputFieldIds[0]!;
      const { scalars, unloaded } = this.#owner;
      if (scalars.has(fieldId) || unloaded.has(fieldId)) continue;
      if (fieldsRead(schema, definition).some(({ id }) => unloaded.has(id))) unloaded.add(fieldId);
      else this.#take(schema, definition, new GrowableColumn(fieldById(schema, fieldId)!.dataType), 0);
    }
  }

  /** Takes over a function whose output the first `rowCount` rows have: those that follow came without. */
  takeOver(schema: CollectionSchema, definition: FunctionSchema, rowCount: number): void {
    const column = this.#owner.scalars.get(definition.outputFieldIds[0]!) as GrowableColumn;
    this.#take(schema, definition, column, rowCount);
  }

  /** Resolves when this field, if it is one of these, has a value for every row that is there now. */
  async ready(fieldId: number): Promise<void> {
    await this.#outputs.get(fieldId)?.ready();
  }

  /** As `ready`, for what `text_match` reads. */
  async readyForFilters(): Promise<void> {
    for (const output of this.#outputs.values()) if (output.isForFilters) await output.ready();
  }

  async allReady(): Promise<void> {
    for (const output of this.#outputs.values()) await output.ready();
  }

  close(): void {
    this.#isClosed = true;
  }

  #take(schema: CollectionSchema, definition: FunctionSchema, column: GrowableColumn, rowCount: number): void {
    const owner = this.#owner;
    const field = fieldById(schema, definition.outputFieldIds[0]!)!;
    if (hasPostings(field) && !owner.sparse.has(field.id)) owner.sparse.set(field.id, new SparseField());
    owner.scalars.set(field.id, column);
    const source = { owner, schema, definition, isClosed: () => this.#isClosed };
    this.#outputs.set(field.id, new LateOutput(source, column, owner.sparse.get(field.id), rowCount));
  }
}

interface OutputSource {
  readonly owner: OutputOwner;
  /** With the function's input: a schema that has dropped it may come later. */
  readonly schema: CollectionSchema;
  readonly definition: FunctionSchema;
  isClosed(): boolean;
}

class LateOutput {
  readonly column: GrowableColumn;
  readonly #source: OutputSource;
  readonly #postings: SparseField | undefined;
  #rowCount: number;
  #computing: Promise<void> | undefined;

  constructor(source: OutputSource, column: GrowableColumn, postings: SparseField | undefined, rowCount: number) {
    this.#source = source;
    this.column = column;
    this.#postings = postings;
    this.#rowCount = rowCount;
  }

  get isForFilters(): boolean {
    return isHidden(this.#source.definition);
  }

  /** Calls while rows are computed share that, and go on for rows that came meanwhile. */
  async ready(): Promise<void> {
    const { owner, isClosed } = this.#source;
    const wanted = owner.rowCount;
    while (this.#rowCount < wanted && !isClosed()) {
      this.#computing ??= this.#computeChunk().finally(() => {
        this.#computing = undefined;
      });
      await this.#computing;
    }
  }

  /** The rest of one chunk of rows. */
  async #computeChunk(): Promise<void> {
    const { owner, schema, definition, isClosed } = this.#source;
    const index = Math.floor(this.#rowCount / LIMITS.chunkRows);
    const from = this.#rowCount % LIMITS.chunkRows;
    const to = Math.min(LIMITS.chunkRows, owner.rowCount - index * LIMITS.chunkRows);
    const inputs = new Map<number, Column>();
    for (const { id } of fieldsRead(schema, definition)) {
      inputs.set(id, sliceColumn(owner.scalars.get(id)!.chunk(index), from, to));
    }
    const output: BytesColumn = await functionOutput(schema, definition, inputs);
    if (isClosed()) return;
    this.column.append(output);
    this.#postings?.append(output);
    this.#rowCount += output.rowCount;
    await this.#postings?.indexPending();
  }
}
