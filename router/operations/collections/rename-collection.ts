import { validateName } from '../../../core/schema/validate-name.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';

export interface RenameCollectionInput {
  readonly name: string;
  readonly newName: string;
  /** Empty: stays in its database. */
  readonly newDatabase: string;
}

/** Not allowed onto the name of a collection or an alias. */
export async function renameCollection(
  cluster: Cluster,
  context: RequestContext,
  input: RenameCollectionInput,
): Promise<void> {
  validateName('collection', input.newName);
  const { database } = context;
  const newDatabase = input.newDatabase === '' ? database : input.newDatabase;
  await cluster.catalog.read((catalog) => {
    catalog.collection(database, input.name);
    catalog.database(newDatabase);
  });
  await changeCatalog(cluster, context, {
    kind: 'renameCollection',
    database,
    collection: input.name,
    newDatabase,
    newName: input.newName,
  });
}
