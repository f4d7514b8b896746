import type { CatalogChange } from '../../plugins/metadata/metadata.ts';
import { publish } from './publish.ts';
import type { WritableCollection } from './writable-collection.ts';
import { applyChanges, type WriterContext } from './writer-context.ts';

/** Ends a collection: its segments are retired with it, its records in the log are skipped from now on. */
export function dropCollectionRows(
  context: WriterContext,
  collection: WritableCollection,
  changes: readonly CatalogChange[],
): Promise<number> {
  return collection.publishing.run(async () => {
    const version = await applyChanges(context, changes);
    collection.drop();
    context.collections.delete(collection.id);
    return version;
  });
}

/**
 * Ends all rows of a collection, or of one partition, that were written so far: one publish transaction retires their segments and moves the checkpoint beyond
 * their records. Writes that arrive meanwhile go to new segments and stay.
 */
export function removeRows(
  context: WriterContext,
  collection: WritableCollection,
  partitionId: number | undefined,
  changes: readonly CatalogChange[],
): Promise<number> {
  return collection.publishing.run(async () => {
    const isLeaving = (segment: { readonly partitionId: number }) =>
      partitionId === undefined || segment.partitionId === partitionId;
    const leaving = [...collection.unsealed.values()].filter(isLeaving);
    for (const segment of leaving) segment.detach();
    for (const segment of leaving) await segment.drained();
    const retireSegmentIds = [...collection.live.values()].filter(isLeaving).map((segment) => segment.id);
    return publish(context, collection, {
      addSegments: [],
      retireSegmentIds,
      leaving,
      changes,
      switched: () => {
        for (const segment of leaving) segment.drop();
        // A read that mixes the sealed rows of an old view with what is left here would see a part of the rows.
        if (partitionId === undefined) collection.endOlderViews();
      },
    });
  });
}
