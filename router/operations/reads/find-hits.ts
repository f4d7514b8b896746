import { LIMITS } from '../../../core/limits.ts';
import { pointerOf } from '../../../core/merge/group-key.ts';
import type { FieldSchema } from '../../../core/schema/collection-schema.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import type { ColumnMessage, SearchResponse } from '../../../proto/generated/node.ts';
import { bytesOf } from '../../../proto/node-protocol/column-codec.ts';
import { encodeFilter } from '../../../proto/node-protocol/filter-codec.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Answer } from '../../cluster/scatter.ts';
import { openSpan } from '../../cluster/tracing.ts';
import { type MergedAnswers, mergeAnswers } from './merge-answers.ts';
import type { SearchPlan } from './plan-search.ts';
import { type ReadRun, type Routing, scatterRead } from './read-run.ts';
import type { QueryVectors, SearchInput } from './search.ts';
import { weighTerms } from './weigh-terms.ts';

/** One search of all nodes, ready to be sent. */
export interface HitsRequest {
  readonly plan: SearchPlan;
  readonly templates: SearchInput['templates'];
  readonly queries: QueryVectors;
  readonly routing: Routing;
  /** The best hits that are left out, and how many are wanted after them. */
  readonly offset: number;
  readonly limit: number;
  /** Fields that come along with the hits. */
  readonly fieldIds: number[];
  /** BM25, when the terms of the queries are weighed (weigh-terms.ts): mean number of terms of a row. */
  readonly averageTermCount?: number;
}

export interface FoundHits {
  readonly answers: readonly Answer<SearchResponse>[];
  readonly merged: MergedAnswers;
}

/** Asks all nodes, merges, and asks for more while doubles leave too few. */
export async function findHits(cluster: Cluster, request: HitsRequest, run: ReadRun): Promise<FoundHits> {
  const { plan, queries, offset, limit } = request;
  const window = {
    queryCount: queries.queryCount,
    offset,
    limit,
    metricType: plan.index.metricType,
    hasTextKeys: plan.primary.dataType === DataType.VarChar,
  };
  const asked = await weighTerms(cluster, request, run);
  let k = offset + limit;
  for (let round = 0; ; round++) {
    const answers = await askNodes(cluster, asked, k, run);
    const startedMs = performance.now();
    const { span } = openSpan(cluster.tracer, 'do_merge', run.trace);
    const merged = await mergeAnswers(answers, { ...window, askedCount: k }, cluster.limits.mergeRowsPerTurn);
    span.end();
    run.context.notes.phase('do_merge', startedMs);
    k *= 2;
    const mayAsk = k <= LIMITS.nodeHitsMax && k * queries.queryCount <= LIMITS.hitsMax;
    const hasRoom = mayAsk && round < cluster.limits.moreHitsRoundsMax;
    if (!merged.isShort || !hasRoom) return { answers, merged };
  }
}

const NOTHING = new Uint8Array(0);

/** What a grouped search adds: `k` counts groups then. */
export interface GroupsAsked {
  readonly field: FieldSchema;
  readonly path: readonly string[] | undefined;
  readonly size: number;
  /** The only groups that count. */
  readonly only?: ColumnMessage;
}

/** Sends one search to all nodes, for `k` hits per query. */
export function askNodes(
  cluster: Cluster,
  { plan, templates, queries, routing, fieldIds, averageTermCount = 0 }: HitsRequest,
  k: number,
  run: ReadRun,
  groups?: GroupsAsked,
): Promise<readonly Answer<SearchResponse>[]> {
  const { parameters } = plan;
  const filter = encodeFilter(plan.filter, templates);
  return scatterRead<SearchResponse>(cluster, 'search', plan.target, routing, run, (shard, scope, context, signal) =>
    shard.search(
      {
        context,
        scope,
        fieldId: plan.field.id,
        queries: queries.data,
        queryCount: queries.queryCount,
        k,
        expansion: parameters.tuning.expansion,
        filter,
        radius: parameters.radius,
        rangeFilter: parameters.rangeFilter,
        outputFieldIds: fieldIds,
        segmentCount: routing.route.segmentCount,
        ignoreGrowing: parameters.ignoreGrowing,
        metricType: plan.index.metricType,
        probeCount: parameters.tuning.probeCount,
        reorderCount: parameters.tuning.reorderCount,
        dropRatio: parameters.tuning.dropRatio,
        queryOffsets: queries.offsets ? bytesOf(queries.offsets) : NOTHING,
        averageTermCount,
        groupByFieldId: groups?.field.id ?? 0,
        groupSize: groups?.size ?? 0,
        groupByPath: pointerOf(groups?.path ?? []),
        groupValues: groups?.only,
        exact: parameters.isExact,
      },
      signal,
    ),
  );
}
