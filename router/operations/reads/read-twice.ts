import { BraidError } from '../../../core/errors.ts';
import type { CatalogSnapshot } from '../../cluster/catalog-snapshot.ts';
import { classifyError } from '../../cluster/classify-error.ts';
import type { Cluster } from '../../cluster/cluster.ts';

/** A read that is planned and ready to go. */
export interface PlannedRead<Output> {
  readonly collectionId: number;
  readonly answer: () => Promise<Output>;
}

/**
 * Plans a read on the current catalog and does it. If a node says that what the plan rests on is gone (a segment of an old view, an older schema), the catalog and the view are
 * read anew and the whole read is done once more.
 */
export async function readTwice<Output>(
  cluster: Cluster,
  plan: (catalog: CatalogSnapshot, isRepeated: boolean) => PlannedRead<Output>,
): Promise<Output> {
  const first = await cluster.catalog.read((catalog) => plan(catalog, false));
  try {
    return await first.answer();
  } catch (error) {
    if (!(error instanceof BraidError) || classifyError(error) !== 'stale') throw error;
    await Promise.allSettled([cluster.catalog.refresh(), cluster.views.renew(first.collectionId)]);
    const second = await cluster.catalog.read((catalog) => plan(catalog, true));
    return await second.answer();
  }
}
