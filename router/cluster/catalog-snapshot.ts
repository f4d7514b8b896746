import type { Catalog, CollectionRecord, DatabaseRecord, PartitionRecord } from '../../core/catalog.ts';
import { BraidError } from '../../core/errors.ts';
import type { ResourceGroupRecord } from '../../core/resource-groups/resource-group.ts';

/** One version of the catalog, indexed by name and id. Immutable. Lookups throw in Milvus' words. */
export class CatalogSnapshot {
  readonly version: number;
  /** In order of creation. */
  readonly databases: readonly DatabaseRecord[];
  readonly viewVersions: ReadonlyMap<number, number>;
  /** Those that were made or changed. */
  readonly resourceGroups: readonly ResourceGroupRecord[];
  readonly #databasesByName = new Map<string, DatabaseRecord>();
  readonly #collectionsById = new Map<number, CollectionRecord>();
  /** Per database id, in order of creation. */
  readonly #collectionsByName = new Map<number, Map<string, CollectionRecord>>();
  readonly #aliases = new Map<number, Map<string, CollectionRecord>>();
  readonly #aliasNames = new Map<number, string[]>();

  constructor(catalog: Catalog) {
    this.version = catalog.version;
    this.databases = catalog.databases;
    this.viewVersions = catalog.viewVersions;
    this.resourceGroups = catalog.resourceGroups;
    for (const database of catalog.databases) {
      this.#databasesByName.set(database.name, database);
      this.#collectionsByName.set(database.id, new Map());
      this.#aliases.set(database.id, new Map());
    }
    for (const collection of catalog.collections) {
      this.#collectionsById.set(collection.id, collection);
      this.#collectionsByName.get(collection.databaseId)?.set(collection.name, collection);
    }
    for (const alias of catalog.aliases) {
      const collection = this.#collectionsById.get(alias.collectionId);
      if (!collection) continue;
      this.#aliases.get(alias.databaseId)?.set(alias.name, collection);
      const names = this.#aliasNames.get(collection.id);
      if (names) names.push(alias.name);
      else this.#aliasNames.set(collection.id, [alias.name]);
    }
  }

  database(name: string): DatabaseRecord {
    const found = this.#databasesByName.get(name);
    if (!found) throw new BraidError('databaseNotFound', `database not found[database=${name}]`);
    return found;
  }

  databaseById(id: number): DatabaseRecord {
    const found = this.databases.find((database) => database.id === id);
    if (!found) throw new BraidError('databaseNotFound', `database not found[database=${id}]`);
    return found;
  }

  /** By its name or an alias; an unknown database or collection gives undefined. */
  findCollection(database: string, name: string): CollectionRecord | undefined {
    const databaseId = this.#databasesByName.get(database)?.id;
    if (databaseId === undefined) return undefined;
    return this.#collectionsByName.get(databaseId)?.get(name) ?? this.#aliases.get(databaseId)?.get(name);
  }

  /** By its name or an alias. */
  collection(database: string, name: string): CollectionRecord {
    const found = this.findCollection(database, name);
    if (found) return found;
    this.database(database);
    throw new BraidError('collectionNotFound', `can't find collection[database=${database}][collection=${name}]`);
  }

  findCollectionById(id: number): CollectionRecord | undefined {
    return this.#collectionsById.get(id);
  }

  collectionById(id: number): CollectionRecord {
    const found = this.#collectionsById.get(id);
    if (!found) throw new BraidError('collectionNotFound', `can't find collection[collection=${id}]`);
    return found;
  }

  collectionsOf(databaseId: number): readonly CollectionRecord[] {
    return [...(this.#collectionsByName.get(databaseId)?.values() ?? [])];
  }

  collectionOfAlias(database: string, alias: string): CollectionRecord {
    const found = this.#aliases.get(this.database(database).id)?.get(alias);
    if (!found) throw new BraidError('aliasNotFound', `alias not found[database=${database}][alias=${alias}]`);
    return found;
  }

  aliasesOf(collectionId: number): readonly string[] {
    return this.#aliasNames.get(collectionId) ?? [];
  }

  /** The partitions with these names, in that order. */
  partitions(collection: CollectionRecord, names: readonly string[]): readonly PartitionRecord[] {
    return names.map((name) => {
      const found = collection.partitions.find((partition) => partition.name === name);
      if (!found) throw new BraidError('partitionNotFound', `partition not found[partition=${name}]`);
      return found;
    });
  }
}
