import type { CatalogCommand } from '../../../core/catalog-commands.ts';
import { BraidError } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import { type CommandContext, type CommandOutcome, unchanged } from './command-outcome.ts';

type Command<Kind extends CatalogCommand['kind']> = Extract<CatalogCommand, { kind: Kind }>;

/** Aliases and collections of a database share their names. */
export function createAlias(context: CommandContext, command: Command<'createAlias'>): CommandOutcome {
  const { catalog } = context;
  const database = catalog.database(command.database);
  if (catalog.findCollection(database.id, command.alias)) {
    const message = `collection name and alias conflict[database=${database.name}][alias=${command.alias}]`;
    throw new BraidError('aliasNameConflict', message);
  }
  const collection = catalog.collection(command.database, command.collection);
  const existing = catalog.findAlias(database.id, command.alias);
  if (existing && existing.collectionId !== collection.id) {
    const owner = catalog.collectionById(existing.collectionId)?.name;
    const message = `${command.alias} is alias to another collection: ${owner}[database=${database.name}][alias=${command.alias}]`;
    throw new BraidError('aliasExists', message);
  }
  if (existing) return unchanged({ collectionId: collection.id });
  if (catalog.aliasCount >= LIMITS.aliasesMax) {
    throw new BraidError('aliasLimit', `the number of aliases has reached the limit ${LIMITS.aliasesMax}`);
  }
  return putAlias(database.id, command.alias, collection.id);
}

export function alterAlias(context: CommandContext, command: Command<'alterAlias'>): CommandOutcome {
  const { catalog } = context;
  const database = catalog.database(command.database);
  const collection = catalog.collection(command.database, command.collection);
  const existing = catalog.findAlias(database.id, command.alias);
  if (!existing) {
    const message = `alias not found[database=${database.name}][alias=${command.alias}]`;
    throw new BraidError('aliasNotFound', message);
  }
  if (existing.collectionId === collection.id) return unchanged({ collectionId: collection.id });
  return putAlias(database.id, command.alias, collection.id);
}

export function dropAlias(context: CommandContext, command: Command<'dropAlias'>): CommandOutcome {
  const database = context.catalog.database(command.database);
  const existing = context.catalog.findAlias(database.id, command.alias);
  if (!existing) return unchanged();
  return {
    changes: [{ kind: 'dropAlias', databaseId: database.id, name: command.alias }],
    result: { collectionId: existing.collectionId },
  };
}

function putAlias(databaseId: number, name: string, collectionId: number): CommandOutcome {
  return { changes: [{ kind: 'putAlias', alias: { databaseId, name, collectionId } }], result: { collectionId } };
}
