import type { CatalogCommand } from '../../core/catalog-commands.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { RequestContext } from './request-context.ts';

/** Asks the writer for a change and waits until this router sees it, so that the caller's next request here does, too. Resolves to the command's result. */
export async function changeCatalog(
  cluster: Cluster,
  context: RequestContext,
  command: CatalogCommand,
): Promise<unknown> {
  const { catalogVersion, result } = await cluster.writer.changeCatalog(context, command);
  cluster.catalog.announceToOthers(catalogVersion);
  await cluster.catalog.refreshAtLeast(catalogVersion);
  await cluster.access.catchUp();
  return result;
}
