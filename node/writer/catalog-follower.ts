import { assert } from '../../core/errors.ts';
import type { CatalogChange } from '../../plugins/metadata/metadata.ts';
import type { CatalogEffects } from './catalog/catalog-commands.ts';
import { dropCollectionRows, removeRows } from './remove-rows.ts';
import { residentsOf } from './residents-of.ts';
import { WritableCollection } from './writable-collection.ts';
import { requireCollection, type WriterContext } from './writer-context.ts';

/** Lets the rows follow the catalog. */
export class CatalogFollower implements CatalogEffects {
  readonly #context: WriterContext;
  readonly #onChanged: () => void;

  constructor(context: WriterContext, onChanged: () => void) {
    this.#context = context;
    this.#onChanged = onChanged;
  }

  recordChanged(collectionId: number): void {
    const record = this.#context.catalog.collectionById(collectionId);
    assert(record, `collection ${collectionId} has just been written`);
    const collection = this.#context.collections.get(collectionId);
    if (!collection) {
      const view = { collectionId, version: 0, segments: [], deleteFiles: [], sealedTimestamp: 0n };
      const created = new WritableCollection({
        record,
        view,
        retired: { segments: [], deleteFiles: [] },
        checkpoint: undefined,
        lastDeleteTimestamp: 0n,
        residents: (owner) => residentsOf(this.#context, owner),
      });
      this.#context.collections.set(collectionId, created);
      return;
    }
    const before = collection.record;
    collection.record = record;
    if (before.schema !== record.schema)
      this.#followSchema(collection, before.schema.functions !== record.schema.functions);
    if (before.indexes !== record.indexes) void this.#followIndexes(collection);
  }

  dropCollection(collectionId: number, changes: readonly CatalogChange[]): Promise<number> {
    return dropCollectionRows(this.#context, requireCollection(this.#context, collectionId), changes);
  }

  removeRows(
    collectionId: number,
    partitionId: number | undefined,
    changes: readonly CatalogChange[],
  ): Promise<number> {
    return removeRows(this.#context, requireCollection(this.#context, collectionId), partitionId, changes);
  }

  /** Sealed segments are rewritten with what new functions compute. */
  #followSchema(collection: WritableCollection, hasNewFunctions: boolean): void {
    for (const { segment } of collection.unsealed.values()) segment.updateSchema(collection.record.schema);
    collection.residents.updateSchema(collection.record.schema);
    if (hasNewFunctions) this.#onChanged();
  }

  /** Growing segments and those in memory change at once, sealed ones are rewritten by compaction. */
  async #followIndexes(collection: WritableCollection): Promise<void> {
    const { logger } = this.#context;
    const { indexes } = collection.record;
    const failed = (error: unknown) =>
      logger.error({ error, collectionId: collection.id }, 'the indexes of a segment in memory could not be changed');
    try {
      const unsealed = [...collection.unsealed.values()];
      await Promise.all(unsealed.map(({ segment }) => segment.configureIndexes(indexes)));
      for (const segment of unsealed) segment.index(failed);
      await collection.residents.configureIndexes(indexes);
    } catch (error) {
      if (!collection.isDropped) failed(error);
    }
    this.#onChanged();
  }
}
