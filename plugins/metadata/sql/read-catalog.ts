import type { Catalog, CollectionRecord, DatabaseRecord } from '../../../core/catalog.ts';
import { decodeInteger } from './columns.ts';
import { decodeCollectionDocument, decodeDatabaseDocument } from './documents.ts';
import { decodeResourceGroup } from './resource-group-document.ts';
import { mapInSlices } from './slices.ts';
import type { CollectionRow, DatabaseRow } from './tables.ts';
import type { Transactions } from './transactions.ts';

/**
 * Reads the catalog as one snapshot. Decoding is most of the work and most collections are the same as the last time: a record is decoded again only if
 * its row changed, otherwise the very same object comes back.
 */
export class CatalogReader {
  readonly #transactions: Transactions;
  #decoded: ReadonlyMap<number, DecodedCollection> = new Map();

  constructor(transactions: Transactions) {
    this.#transactions = transactions;
  }

  async read(): Promise<Catalog> {
    const snapshot = await this.#transactions.read(async (sql, state) => ({
      version: state.catalogVersion,
      databases: await sql.selectFrom('braid_databases').selectAll().orderBy('id').execute(),
      collections: await sql.selectFrom('braid_collections').selectAll().orderBy('id').execute(),
      aliases: await sql.selectFrom('braid_aliases').selectAll().orderBy('database_id').orderBy('name').execute(),
      groups: await sql.selectFrom('braid_resource_groups').selectAll().orderBy('name').execute(),
      views: await sql.selectFrom('braid_views').select(['collection_id', 'version']).execute(),
    }));
    const previous = this.#decoded;
    const decoded = await mapInSlices(snapshot.collections, (row) => decodeCollection(row, previous.get(row.id)));
    this.#decoded = new Map(decoded.map((entry) => [entry.row.id, entry]));
    return {
      version: snapshot.version,
      databases: snapshot.databases.map(rowToDatabase),
      collections: decoded.map((entry) => entry.record),
      aliases: snapshot.aliases.map((row) => ({
        databaseId: decodeInteger(row.database_id, 'braid_aliases.database_id'),
        name: row.name,
        collectionId: decodeInteger(row.collection_id, 'braid_aliases.collection_id'),
      })),
      resourceGroups: snapshot.groups.map(({ name, document }) => decodeResourceGroup(name, document)),
      viewVersions: new Map(snapshot.views.map((row) => [row.collection_id, row.version])),
    };
  }
}

interface DecodedCollection {
  readonly row: CollectionRow;
  readonly record: CollectionRecord;
}

function decodeCollection(row: CollectionRow, previous: DecodedCollection | undefined): DecodedCollection {
  const isSame =
    previous !== undefined &&
    previous.row.name === row.name &&
    previous.row.database_id === row.database_id &&
    previous.row.document === row.document;
  if (isSame) return previous;
  const id = decodeInteger(row.id, 'braid_collections.id');
  const record: CollectionRecord = {
    id,
    databaseId: decodeInteger(row.database_id, 'braid_collections.database_id'),
    name: row.name,
    ...decodeCollectionDocument(row.document, id),
  };
  return { row, record };
}

function rowToDatabase(row: DatabaseRow): DatabaseRecord {
  const id = decodeInteger(row.id, 'braid_databases.id');
  return { id, name: row.name, ...decodeDatabaseDocument(row.document, id) };
}
