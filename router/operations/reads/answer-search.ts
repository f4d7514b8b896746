import type { Column } from '../../../core/columns/column.ts';
import { bytesColumnFrom, fixedColumn } from '../../../core/columns/column-operations.ts';
import { BraidError } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { KeyList } from '../../../core/merge/merge-hits.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import type { SearchResponse } from '../../../proto/generated/node.ts';
import { encodeFilter } from '../../../proto/node-protocol/filter-codec.ts';
import { classifyError } from '../../cluster/classify-error.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Answer } from '../../cluster/scatter.ts';
import { failSpan, openSpan } from '../../cluster/tracing.ts';
import { fetchColumns, inlineColumns, sendsInline } from './collect-columns.ts';
import { findQueryVectors } from './find-query-vectors.ts';
import { type MergedAnswers, mergeAnswers } from './merge-answers.ts';
import { checkQueries, type SearchPlan } from './plan-search.ts';
import { getRouting, type ReadRun, type Routing, scatterRead, sessionTimestampOf } from './read-run.ts';
import type { QueryVectors, SearchInput, SearchOutput } from './search.ts';

/** Does a planned search. */
export async function answerSearch(
  cluster: Cluster,
  plan: SearchPlan,
  input: SearchInput,
  run: ReadRun,
): Promise<SearchOutput> {
  const queries =
    input.queries.kind === 'vectors'
      ? input.queries
      : await findQueryVectors(cluster, plan, input.queries.keys, input, run);
  checkQueries(plan, queries);
  const routing = await getRouting(cluster, plan.target, input.consistency, run);
  const fetchedIds = plan.output.fields.filter((field) => field !== plan.primary).map((field) => field.id);
  const isInline = fetchedIds.length === 0 || run.isRepeated || isCheapInline(cluster, plan, queries, routing);
  const ask = (k: number): Promise<readonly Answer<SearchResponse>[]> =>
    askNodes(cluster, plan, input, queries, { routing, run, k, outputFieldIds: isInline ? fetchedIds : [] });
  const found = await findHits(cluster, plan, queries, run, ask);
  try {
    const columns = await columnsOf(cluster, plan, found, isInline, run);
    return outputOf(plan, queries, found, columns);
  } catch (error) {
    // The node that found the hits went away before it could send their fields: others find them again.
    if (isInline || !(error instanceof BraidError) || classifyError(error) !== 'node') throw error;
    return answerSearch(cluster, plan, input, { ...run, isRepeated: true });
  }
}

function isCheapInline(cluster: Cluster, plan: SearchPlan, queries: QueryVectors, { route }: Routing): boolean {
  const { offset, limit } = plan.parameters;
  const { queryCount } = queries;
  const nodeCount = Math.min(route.groups.length, cluster.members.readers().length) + 1;
  return sendsInline(plan.output.fields, (offset + limit) * queryCount, limit * queryCount, nodeCount, cluster.limits);
}

const NOTHING = new Uint8Array(0);

interface Asked {
  readonly routing: Routing;
  readonly run: ReadRun;
  readonly k: number;
  readonly outputFieldIds: number[];
}

function askNodes(
  cluster: Cluster,
  plan: SearchPlan,
  input: SearchInput,
  queries: QueryVectors,
  asked: Asked,
): Promise<readonly Answer<SearchResponse>[]> {
  const { parameters } = plan;
  const { routing, run, k, outputFieldIds } = asked;
  const filter = encodeFilter(plan.filter, input.templates);
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
        outputFieldIds,
        segmentCount: routing.route.segmentCount,
        ignoreGrowing: parameters.ignoreGrowing,
        metricType: plan.index.metricType,
        probeCount: parameters.tuning.probeCount,
        reorderCount: parameters.tuning.reorderCount,
        dropRatio: parameters.tuning.dropRatio,
        queryOffsets: NOTHING,
        averageTermCount: 0,
        groupByFieldId: 0,
        groupSize: 0,
        groupByPath: '',
      },
      signal,
    ),
  );
}

interface Found {
  readonly answers: readonly Answer<SearchResponse>[];
  readonly merged: MergedAnswers;
}

/** Asks, merges, and asks for more while doubles leave too few. */
async function findHits(
  cluster: Cluster,
  plan: SearchPlan,
  queries: QueryVectors,
  run: ReadRun,
  ask: (k: number) => Promise<readonly Answer<SearchResponse>[]>,
): Promise<Found> {
  const { offset, limit } = plan.parameters;
  const window = {
    queryCount: queries.queryCount,
    offset,
    limit,
    metricType: plan.index.metricType,
    hasTextKeys: plan.primary.dataType === DataType.VarChar,
  };
  let k = offset + limit;
  for (let round = 0; ; round++) {
    const answers = await ask(k);
    const { span } = openSpan(cluster.tracer, 'do_merge', run.trace);
    const merged = await mergeAnswers(answers, { ...window, askedCount: k }, cluster.limits.mergeRowsPerTurn);
    span.end();
    k *= 2;
    const hasRoom = round < cluster.limits.moreHitsRoundsMax && k * queries.queryCount <= LIMITS.hitsMax;
    if (!merged.isShort || !hasRoom) return { answers, merged };
  }
}

/** One column per output field, in their order. */
async function columnsOf(
  cluster: Cluster,
  plan: SearchPlan,
  found: Found,
  isInline: boolean,
  run: ReadRun,
): Promise<readonly Column[]> {
  const { collection } = plan.target;
  const fields = plan.output.fields.filter((field) => field !== plan.primary);
  const source = { fields, collectionId: collection.id, schemaVersion: collection.schema.version, ...found };
  let others: readonly Column[] = [];
  if (isInline) others = inlineColumns(source);
  else {
    const { span, context: trace } = openSpan(cluster.tracer, 'do_fetch', run.trace);
    try {
      others = await fetchColumns(cluster, source, run.deadline, trace);
      span.end();
    } catch (error) {
      failSpan(span, error as Error);
      throw error;
    }
  }
  let next = 0;
  return plan.output.fields.map((field) => (field === plan.primary ? keyColumn(found.merged.keys) : others[next++]!));
}

function keyColumn(keys: KeyList): Column {
  return keys instanceof BigInt64Array ? fixedColumn(DataType.Int64, keys) : bytesColumnFrom(DataType.VarChar, keys);
}

function outputOf(
  plan: SearchPlan,
  queries: QueryVectors,
  { answers, merged }: Found,
  columns: readonly Column[],
): SearchOutput {
  const { collection } = plan.target;
  return {
    collectionName: collection.name,
    primaryField: plan.primary,
    metricType: plan.index.metricType,
    queryCount: queries.queryCount,
    topK: plan.parameters.limit,
    counts: merged.counts,
    scores: roundScores(merged.scores, plan.parameters.roundDecimal),
    keys: merged.keys,
    columns: plan.output.fields.map((field, i) => ({ name: field.name, field, column: columns[i]! })),
    outputFields: plan.output.names,
    sessionTimestamp: sessionTimestampOf(answers, collection),
    searchedRowCount: answers.reduce((sum, { response }) => sum + (response.state?.rowCount ?? 0), 0),
  };
}

/** Half up, as Milvus rounds. */
function roundScores(scores: Float32Array, decimals: number | undefined): Float32Array {
  if (decimals === undefined) return scores;
  const factor = 10 ** decimals;
  return scores.map((score) => Math.floor(score * factor + 0.5) / factor);
}
