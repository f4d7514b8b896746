import type { CollectionRecord } from '../../../core/catalog.ts';
import { BraidError } from '../../../core/errors.ts';
import type { Timestamp } from '../../../core/timestamps.ts';
import type { CatalogChange } from '../../../plugins/metadata/metadata.ts';
import type { CatalogState } from './catalog-state.ts';

/** What a command is checked against and made from. Commands run one after another, so what is checked still holds when the outcome is applied. */
export interface CommandContext {
  readonly catalog: CatalogState;
  /** A new timestamp, larger than all before. */
  nextTimestamp(): Timestamp;
  nextId(): number;
  nowMs(): number;
}

/** What a command comes to: changes for the metadata store (none if all is as asked already) and the answer. */
export interface CommandOutcome {
  readonly changes: readonly CatalogChange[];
  /** Ids, as JSON. */
  readonly result: Readonly<Record<string, unknown>>;
}

export function unchanged(result: CommandOutcome['result'] = {}): CommandOutcome {
  return { changes: [], result };
}

/** The outcome that replaces a collection's record, with a new time of change. */
export function replaceCollection(
  context: CommandContext,
  record: CollectionRecord,
  result: CommandOutcome['result'] = { collectionId: record.id },
): CommandOutcome {
  const collection = { ...record, updatedTimestamp: context.nextTimestamp() };
  return { changes: [{ kind: 'putCollection', collection }], result };
}

export function isLoaded(collection: CollectionRecord): boolean {
  return collection.partitions.some((partition) => partition.loaded);
}

export const MMAP_ENABLED = 'mmap.enabled';

export function mmapOfLoaded(collection: CollectionRecord): BraidError {
  const message = `can not alter mmap properties if collection loaded[collection=${collection.name}]`;
  return new BraidError('collectionLoaded', message);
}
