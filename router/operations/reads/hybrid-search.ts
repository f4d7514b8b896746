import { BraidError } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { CatalogSnapshot } from '../../cluster/catalog-snapshot.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { Deadline } from '../../cluster/deadline.ts';
import { failSpan, openSpan } from '../../cluster/tracing.ts';
import type { CallNotes } from '../call-notes.ts';
import type { RequestContext } from '../request-context.ts';
import { parseRankParameters, refuseOrder } from './parse-rank-parameters.ts';
import { planSearch } from './plan-search.ts';
import { answerRanked, type RankedPlan } from './rank/answer-ranked.ts';
import type { FunctionScoreInput } from './rank/function-score.ts';
import { parseFunctionScore } from './rank/parse-ranker.ts';
import { readTwice } from './read-twice.ts';
import type { SearchInput, SearchOutput } from './search.ts';

export interface HybridSearchInput {
  /** Each with its own field, filter, parameters and queries; collection, partitions, output fields and consistency are the same in all. */
  readonly requests: readonly SearchInput[];
  /** `strategy`, `params` (JSON text), `limit`, `offset`, `round_decimal`, ... */
  readonly rankParameters: ReadonlyMap<string, string>;
  /** Wins over `strategy`. */
  readonly functionScore: FunctionScoreInput | undefined;
}

/** The hits of several searches in one order: by reciprocal ranks unless another ranker is named. Offsets of the single searches do not count, as in Milvus. */
export async function hybridSearch(
  cluster: Cluster,
  context: RequestContext,
  input: HybridSearchInput,
): Promise<SearchOutput> {
  const { requests } = input;
  if (requests.length < 1 || requests.length > LIMITS.hybridRequestsMax) {
    throw new BraidError(
      'parameterInvalid',
      `maximum of ann search requests is ${LIMITS.hybridRequestsMax}, and at least one is needed, but got ${requests.length}`,
    );
  }
  const { span, context: trace } = openSpan(cluster.tracer, 'search', context.trace);
  using deadline = new Deadline(context, cluster.clock);
  try {
    const output = await readTwice(cluster, (catalog, isRepeated) => {
      const ranked = planHybrid(cluster, catalog, context, input);
      noteHybrid(context.notes, ranked);
      return {
        collectionId: ranked.parts[0]!.plan.target.collection.id,
        answer: () => answerRanked(cluster, ranked, { context, deadline, trace, isRepeated }),
      };
    });
    span.end();
    return output;
  } catch (error) {
    failSpan(span, error as Error);
    throw error;
  }
}

function noteHybrid(notes: CallNotes, { parts, limit, offset }: RankedPlan): void {
  notes.read({
    field: parts.map(({ plan }) => plan.field.name).join(', '),
    metricType: parts.map(({ plan }) => plan.index.metricType).join(', '),
    queryCount: 1,
    limit,
    offset,
    outputFields: parts[0]!.plan.output.names,
  });
}

function planHybrid(
  cluster: Cluster,
  catalog: CatalogSnapshot,
  context: RequestContext,
  input: HybridSearchInput,
): RankedPlan {
  const parts = input.requests.map((request) => {
    const plan = planSearch(cluster, catalog, context, request);
    if (plan.parameters.order.length > 0) throw refuseOrder();
    if (plan.ranker && plan.ranker.kind !== 'boost') {
      throw new BraidError('notSupported', 'a sub-request of a hybrid search takes no ranker but boost');
    }
    return { plan, input: request, hitCount: plan.parameters.limit, ranker: plan.ranker };
  });
  const { id, schema } = parts[0]!.plan.target.collection;
  const parameters = parseRankParameters(input.rankParameters, schema);
  // Older clients name the groups in the sub-requests.
  const grouping = parameters.grouping ?? parts.find(({ plan }) => plan.parameters.grouping)?.plan.parameters.grouping;
  const compile = (filter: string) => cluster.filters.compile(filter, id, schema);
  const ranker = input.functionScore ? parseFunctionScore(input.functionScore, { schema, compile }) : parameters.ranker;
  return { ...parameters, grouping, parts, ranker };
}
