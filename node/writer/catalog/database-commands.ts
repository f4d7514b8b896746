import { isDeepStrictEqual } from 'node:util';
import type { CatalogCommand } from '../../../core/catalog-commands.ts';
import { BraidError } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import { changeProperties } from '../../../core/schema/change-properties.ts';
import { DEFAULT_DATABASE } from './catalog-state.ts';
import { type CommandContext, type CommandOutcome, unchanged } from './command-outcome.ts';

type Command<Kind extends CatalogCommand['kind']> = Extract<CatalogCommand, { kind: Kind }>;

export function createDatabase(context: CommandContext, command: Command<'createDatabase'>): CommandOutcome {
  const { catalog } = context;
  const { database: name, properties } = command;
  if (catalog.findDatabase(name)) throw new BraidError('parameterUnexpected', `database already exist: ${name}`);
  if (catalog.databases.length >= LIMITS.databasesMax) {
    const message = `database number (${catalog.databases.length + 1}) exceeds max configuration (${LIMITS.databasesMax})`;
    throw new BraidError('databaseLimit', message);
  }
  const database = { id: context.nextId(), name, createdTimestamp: context.nextTimestamp(), properties };
  return { changes: [{ kind: 'putDatabase', database }], result: { databaseId: database.id } };
}

export function dropDatabase(context: CommandContext, command: Command<'dropDatabase'>): CommandOutcome {
  const { catalog } = context;
  const { database: name } = command;
  if (name === DEFAULT_DATABASE) throw new BraidError('parameterUnexpected', 'can not drop default database');
  const database = catalog.findDatabase(name);
  if (!database) return unchanged();
  if (catalog.collectionsOf(database.id).length > 0) {
    const message = `database:${name} not empty, must drop all collections before drop database`;
    throw new BraidError('parameterUnexpected', message);
  }
  return { changes: [{ kind: 'dropDatabase', databaseId: database.id }], result: { databaseId: database.id } };
}

export function alterDatabase(context: CommandContext, command: Command<'alterDatabase'>): CommandOutcome {
  const database = context.catalog.database(command.database);
  const properties = changeProperties(database.properties, command.set, command.unset);
  const result = { databaseId: database.id };
  if (isDeepStrictEqual(properties, database.properties)) return unchanged(result);
  return { changes: [{ kind: 'putDatabase', database: { ...database, properties } }], result };
}
