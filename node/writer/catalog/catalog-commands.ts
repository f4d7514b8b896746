import type { CatalogCommand } from '../../../core/catalog-commands.ts';
import { BraidError } from '../../../core/errors.ts';
import type { CatalogChange } from '../../../plugins/metadata/metadata.ts';
import { WorkLane } from '../../builder/work-lane.ts';
import { accessOutcome, isAccessCommand } from '../access/access-commands.ts';
import { applyChanges, type WriterContext } from '../writer-context.ts';
import { alterAlias, createAlias, dropAlias } from './alias-commands.ts';
import { alterCollection, createCollection, dropCollection, renameCollection } from './collection-commands.ts';
import type { CommandContext, CommandOutcome } from './command-outcome.ts';
import { alterDatabase, createDatabase, dropDatabase } from './database-commands.ts';
import { alterIndex, createIndex, dropIndex } from './index-commands.ts';
import { load, release } from './load-commands.ts';
import { createPartition, dropPartition } from './partition-commands.ts';
import {
  createResourceGroup,
  dropResourceGroup,
  transferNodes,
  transferReplicas,
  updateResourceGroups,
} from './resource-group-commands.ts';
import {
  addField,
  addFunction,
  addStruct,
  alterField,
  alterFunction,
  dropField,
  dropFunction,
} from './schema-commands.ts';

/** How rows follow the catalog. */
export interface CatalogEffects {
  /** A collection has been created or its record changed; called in the turn in which that holds. */
  recordChanged(collectionId: number): void;
  /** Applies the drop of a collection, and lets go of its rows. Resolves to the catalog's version. */
  dropCollection(collectionId: number, changes: readonly CatalogChange[]): Promise<number>;
  /** Applies changes together with the end of all rows of a collection, or of one partition. */
  removeRows(collectionId: number, partitionId: number | undefined, changes: readonly CatalogChange[]): Promise<number>;
}

/** Ids of partitions that one command may need, and some more. */
const IDS_PER_COMMAND = 1_100;

/** Changes of the catalog, one after another: checked against what is there, applied in one transaction, followed by the rows. */
export class CatalogCommands {
  readonly #context: WriterContext;
  readonly #effects: CatalogEffects;
  readonly #lane = new WorkLane();

  constructor(context: WriterContext, effects: CatalogEffects) {
    this.#context = context;
    this.#effects = effects;
  }

  /** Resolves to the version of the catalog that has the change, and the answer. */
  run(command: CatalogCommand): Promise<{ version: number; result: CommandOutcome['result'] }> {
    return this.#lane.run(async () => {
      this.#context.leadership.assertTrusted();
      await this.#context.ids.ensure(IDS_PER_COMMAND);
      const outcome = this.#outcomeOf(command);
      const version = await this.#apply(command, outcome);
      return { version, result: outcome.result };
    });
  }

  idle(): Promise<void> {
    return this.#lane.idle();
  }

  async #apply(command: CatalogCommand, { changes, result }: CommandOutcome): Promise<number> {
    const collectionId = result['collectionId'] as number;
    if (command.kind === 'truncateCollection') return this.#effects.removeRows(collectionId, undefined, changes);
    if (changes.length === 0) return this.#context.catalog.version;
    let version: number;
    if (command.kind === 'dropCollection') return this.#effects.dropCollection(collectionId, changes);
    if (command.kind === 'dropPartition') {
      version = await this.#effects.removeRows(collectionId, result['partitionId'] as number, changes);
    } else version = await applyChanges(this.#context, changes);
    for (const change of changes)
      if (change.kind === 'putCollection') this.#effects.recordChanged(change.collection.id);
    return version;
  }

  #outcomeOf(command: CatalogCommand): CommandOutcome {
    const { catalog, access, oracle, ids, clock } = this.#context;
    if (isAccessCommand(command)) return accessOutcome(access, command);
    const context: CommandContext = {
      catalog,
      nextTimestamp: () => oracle.next(),
      nextId: () => ids.next(),
      nowMs: () => clock.nowMs(),
    };
    switch (command.kind) {
      case 'createDatabase':
        return createDatabase(context, command);
      case 'dropDatabase':
        return dropDatabase(context, command);
      case 'alterDatabase':
        return alterDatabase(context, command);
      case 'createCollection':
        return createCollection(context, command);
      case 'dropCollection':
        return dropCollection(context, command);
      case 'renameCollection':
        return renameCollection(context, command);
      case 'alterCollection':
        return alterCollection(context, command);
      case 'alterField':
        return alterField(context, command);
      case 'addField':
        return addField(context, command);
      case 'addStruct':
        return addStruct(context, command);
      case 'addFunction':
        return addFunction(context, command);
      case 'alterFunction':
        return alterFunction(context, command);
      case 'dropFunction':
        return dropFunction(context, command);
      case 'dropField':
        return dropField(context, command);
      case 'truncateCollection':
        return { changes: [], result: { collectionId: catalog.collection(command.database, command.collection).id } };
      case 'createPartition':
        return createPartition(context, command);
      case 'dropPartition':
        return dropPartition(context, command);
      case 'createAlias':
        return createAlias(context, command);
      case 'alterAlias':
        return alterAlias(context, command);
      case 'dropAlias':
        return dropAlias(context, command);
      case 'createIndex':
        return createIndex(context, command);
      case 'alterIndex':
        return alterIndex(context, command);
      case 'dropIndex':
        return dropIndex(context, command);
      case 'load':
        return load(context, command);
      case 'release':
        return release(context, command);
      case 'createResourceGroup':
        return createResourceGroup(context, command);
      case 'updateResourceGroups':
        return updateResourceGroups(context, command);
      case 'dropResourceGroup':
        return dropResourceGroup(context, command);
      case 'transferNodes':
        return transferNodes(context, command);
      case 'transferReplicas':
        return transferReplicas(context, command);
      default: {
        const { kind } = command satisfies never as { kind: string };
        throw new BraidError('unimplemented', `command ${kind} is not known to this writer`);
      }
    }
  }
}
