import type { Cluster } from '../cluster/cluster.ts';
import type { VectorKind } from '../cluster/router-metrics.ts';
import type { RequestContext } from './request-context.ts';

type Operation<Input, Output> = (cluster: Cluster, context: RequestContext, input: Input) => Promise<Output>;

export interface VectorCount {
  readonly collection: string;
  readonly count: number;
}

/** The operation, whose successes are counted in vectors: what `countOf` says of the output. */
export function countingVectors<Input, Output>(
  kind: VectorKind,
  operation: Operation<Input, Output>,
  countOf: (output: Output, input: Input) => VectorCount,
): Operation<Input, Output> {
  return async (cluster, context, input) => {
    const output = await operation(cluster, context, input);
    const { collection, count } = countOf(output, input);
    cluster.metrics.vectors(kind, context.database, collection, count);
    return output;
  };
}

export function countWritten(
  output: { readonly rowCount: number },
  input: { readonly collection: string },
): VectorCount {
  return { collection: input.collection, count: output.rowCount };
}

/** `searchCount`: of the searches that one hybrid search is made of. */
export function countSearched(
  output: { readonly queryCount: number; readonly collectionName: string },
  searchCount = 1,
): VectorCount {
  return { collection: output.collectionName, count: output.queryCount * searchCount };
}
