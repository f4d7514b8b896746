import type { AliasRecord, Catalog, CollectionRecord, DatabaseRecord } from '../../../core/catalog.ts';
import { BraidError } from '../../../core/errors.ts';
import { type ResourceGroupRecord, withDefaultGroup } from '../../../core/resource-groups/resource-group.ts';
import type { CatalogChange } from '../../../plugins/metadata/metadata.ts';

export const DEFAULT_DATABASE = 'default';
/** The first id there is; Milvus' default database has it, too. */
export const DEFAULT_DATABASE_ID = 1;

/** The small records as the writer, who alone changes them, knows them. */
export class CatalogState {
  readonly #databases = new Map<number, DatabaseRecord>();
  readonly #collections = new Map<number, CollectionRecord>();
  readonly #aliases = new Map<string, AliasRecord>();
  readonly #groups = new Map<string, ResourceGroupRecord>();
  #version: number;

  constructor(catalog: Catalog) {
    this.#version = catalog.version;
    for (const database of catalog.databases) this.#databases.set(database.id, database);
    for (const collection of catalog.collections) this.#collections.set(collection.id, collection);
    for (const group of catalog.resourceGroups) this.#groups.set(group.name, group);
    for (const alias of catalog.aliases) this.#aliases.set(aliasKey(alias.databaseId, alias.name), alias);
  }

  get version(): number {
    return this.#version;
  }

  get databases(): readonly DatabaseRecord[] {
    return [...this.#databases.values()];
  }

  get collections(): readonly CollectionRecord[] {
    return [...this.#collections.values()];
  }

  collectionById(id: number): CollectionRecord | undefined {
    return this.#collections.get(id);
  }

  findDatabase(name: string): DatabaseRecord | undefined {
    return this.databases.find((database) => database.name === name);
  }

  /** Throws `databaseNotFound`. */
  database(name: string): DatabaseRecord {
    const found = this.findDatabase(name);
    if (!found) throw new BraidError('databaseNotFound', `database not found[database=${name}]`);
    return found;
  }

  collectionsOf(databaseId: number): readonly CollectionRecord[] {
    return this.collections.filter((collection) => collection.databaseId === databaseId);
  }

  /** By its own name only. */
  findCollection(databaseId: number, name: string): CollectionRecord | undefined {
    for (const collection of this.#collections.values()) {
      if (collection.databaseId === databaseId && collection.name === name) return collection;
    }
    return undefined;
  }

  /** By name or alias; throws `databaseNotFound` or `collectionNotFound`. */
  collection(databaseName: string, name: string): CollectionRecord {
    const database = this.database(databaseName);
    const alias = this.findAlias(database.id, name);
    const found = alias ? this.#collections.get(alias.collectionId) : this.findCollection(database.id, name);
    if (!found) throw collectionNotFound(databaseName, name);
    return found;
  }

  get aliasCount(): number {
    return this.#aliases.size;
  }

  /** Sum of shards x partitions. */
  get capacity(): number {
    let capacity = 0;
    for (const { shardsCount, partitions } of this.#collections.values()) capacity += shardsCount * partitions.length;
    return capacity;
  }

  /** The default group among them. */
  get resourceGroups(): readonly ResourceGroupRecord[] {
    return withDefaultGroup([...this.#groups.values()]);
  }

  findAlias(databaseId: number, name: string): AliasRecord | undefined {
    return this.#aliases.get(aliasKey(databaseId, name));
  }

  aliasesOf(collectionId: number): readonly AliasRecord[] {
    return [...this.#aliases.values()].filter((alias) => alias.collectionId === collectionId);
  }

  /** What the metadata store has applied; publishing does not touch these records. */
  applied(changes: readonly CatalogChange[], version: number): void {
    this.#version = Math.max(this.#version, version);
    for (const change of changes) this.#apply(change);
  }

  #apply(change: CatalogChange): void {
    switch (change.kind) {
      case 'putDatabase':
        this.#databases.set(change.database.id, change.database);
        break;
      case 'dropDatabase':
        this.#databases.delete(change.databaseId);
        break;
      case 'putCollection':
        this.#collections.set(change.collection.id, change.collection);
        break;
      case 'dropCollection':
        this.#collections.delete(change.collectionId);
        for (const alias of this.aliasesOf(change.collectionId)) {
          this.#aliases.delete(aliasKey(alias.databaseId, alias.name));
        }
        break;
      case 'putAlias':
        this.#aliases.set(aliasKey(change.alias.databaseId, change.alias.name), change.alias);
        break;
      case 'dropAlias':
        this.#aliases.delete(aliasKey(change.databaseId, change.name));
        break;
      case 'putResourceGroup':
        this.#groups.set(change.group.name, change.group);
        break;
      case 'dropResourceGroup':
        this.#groups.delete(change.name);
        break;
      case 'publish':
      case 'putUser':
      case 'dropUser':
      case 'putRole':
      case 'dropRole':
      case 'putPrivilegeGroup':
      case 'dropPrivilegeGroup':
      case 'putImportJob':
      case 'forgetImportJobs':
      case 'forget':
        break;
    }
  }
}

export function collectionNotFound(database: string, collection: string): BraidError {
  return new BraidError('collectionNotFound', `can't find collection[database=${database}][collection=${collection}]`);
}

function aliasKey(databaseId: number, name: string): string {
  return `${databaseId}/${name}`;
}
