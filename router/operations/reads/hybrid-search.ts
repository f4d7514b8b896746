import { BraidError } from '../../../core/errors.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';
import type { SearchInput, SearchOutput } from './search.ts';

export interface HybridSearchInput {
  readonly collection: string;
  readonly requests: readonly SearchInput[];
  readonly rankParameters: ReadonlyMap<string, string>;
}

export async function hybridSearch(
  _cluster: Cluster,
  _context: RequestContext,
  _input: HybridSearchInput,
): Promise<SearchOutput> {
  throw new BraidError('notSupported', 'hybrid search is not supported by this server yet');
}
