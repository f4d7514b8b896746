import type { Column } from '../../../core/columns/column.ts';
import { BraidError } from '../../../core/errors.ts';
import type { KeyList } from '../../../core/merge/merge-hits.ts';
import { roundScores } from '../../../core/rank/round-scores.ts';
import { dataTypeName } from '../../../core/schema/data-type.ts';
import type { SearchResponse } from '../../../proto/generated/node.ts';
import { classifyError } from '../../cluster/classify-error.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Answer } from '../../cluster/scatter.ts';
import { failSpan, openSpan } from '../../cluster/tracing.ts';
import { type ColumnSource, fetchColumns, inlineColumns, keyColumn, sendsInline } from './collect-columns.ts';
import { asLists, isElementSearch } from './elements/element-search.ts';
import type { FoundHits } from './find-hits.ts';
import { findQueryVectors } from './find-query-vectors.ts';
import { namedGroups } from './group/named-groups.ts';
import { findInOrder } from './order/find-in-order.ts';
import type { OutputFields } from './output-fields.ts';
import { checkQueries, type SearchPlan } from './plan-search.ts';
import { queryTerms } from './query-terms.ts';
import { getRouting, type ReadRun, type Routing, sessionTimestampOf } from './read-run.ts';
import type { QueryVectors, SearchInput, SearchOutput } from './search.ts';

/** Does a planned search without a ranker, grouped or not. */
export async function answerSearch(
  cluster: Cluster,
  plan: SearchPlan,
  input: SearchInput,
  run: ReadRun,
): Promise<SearchOutput> {
  const queries = await queriesOf(cluster, plan, input, run);
  const routing = await getRouting(cluster, plan.target, input.consistency, run);
  const fetched = fetchedFields(plan);
  const isInline = fetched.length === 0 || run.isRepeated || isCheapInline(cluster, plan, queries, routing);
  const { grouping, offset, limit } = plan.parameters;
  const request = { plan, templates: input.templates, queries, routing, offset, limit };
  const found = await findInOrder(cluster, request, isInline ? fetched : [], run);
  try {
    const columns = await columnsOf(cluster, plan, found, isInline, run);
    const output = outputOf(plan, queries, found, columns);
    return found.groupValues ? { ...output, groupValues: namedGroups(grouping!, found.groupValues) } : output;
  } catch (error) {
    // The node that found the hits went away before it could send their fields: others find them again.
    if (isInline || !(error instanceof BraidError) || classifyError(error) !== 'node') throw error;
    return answerSearch(cluster, plan, input, { ...run, isRepeated: true });
  }
}

/** The checked query vectors; those of a search by keys are read from the rows, those of texts are their terms. */
export async function queriesOf(
  cluster: Cluster,
  plan: SearchPlan,
  input: SearchInput,
  run: ReadRun,
): Promise<QueryVectors> {
  const queries = await decodedQueries(cluster, plan, input, run);
  checkQueries(plan, queries);
  return queries;
}

async function decodedQueries(
  cluster: Cluster,
  plan: SearchPlan,
  input: SearchInput,
  run: ReadRun,
): Promise<QueryVectors> {
  switch (input.queries.kind) {
    case 'keys':
      return findQueryVectors(cluster, plan, input.queries.keys, input, run);
    case 'texts':
      return queryTerms(plan, input.queries);
    case 'vectors':
      refuseVectorsForText(plan, input.queries);
      return isElementSearch(plan) ? asLists(plan, input.queries) : input.queries;
  }
}

/** A BM25 field holds terms that only the server knows. */
function refuseVectorsForText(plan: SearchPlan, { dataType }: QueryVectors): void {
  if (plan.index.metricType !== 'BM25') return;
  const message = `please provide varchar/text for BM25 Function based search, got ${dataTypeName(dataType)}`;
  throw new BraidError('parameterInvalid', message);
}

export function fetchedFields({ output, primary }: SearchPlan): OutputFields['fields'] {
  return output.fields.filter((field) => field !== primary);
}

function isCheapInline(cluster: Cluster, plan: SearchPlan, queries: QueryVectors, { route }: Routing): boolean {
  const { offset, limit } = plan.parameters;
  const { queryCount } = queries;
  const nodeCount = Math.min(route.groups.length, cluster.members.readers().length) + 1;
  return sendsInline(plan.output.fields, (offset + limit) * queryCount, limit * queryCount, nodeCount, cluster.limits);
}

/** One column per output field, in their order. */
export async function columnsOf(
  cluster: Cluster,
  plan: SearchPlan,
  { answers, merged }: FoundHits,
  isInline: boolean,
  run: ReadRun,
): Promise<readonly Column[]> {
  const { collection } = plan.target;
  const { id, schema } = collection;
  const source = { fields: fetchedFields(plan), collectionId: id, schemaVersion: schema.version, answers, merged };
  const others = isInline ? inlineColumns(source) : await fetchWinners(cluster, source, run);
  return withKeys(plan.output, plan.primary, others, merged.keys);
}

/** The columns of the fields asked for, the primary key's among them where it was asked for. `others` are those of all other fields. */
export function withKeys(
  output: OutputFields,
  primary: SearchPlan['primary'],
  others: readonly Column[],
  keys: KeyList,
): readonly Column[] {
  let next = 0;
  return output.fields.map((field) => (field === primary ? keyColumn(keys) : others[next++]!));
}

/** `fetchColumns` below a span. */
export async function fetchWinners(cluster: Cluster, source: ColumnSource, run: ReadRun): Promise<readonly Column[]> {
  const { span, context: trace } = openSpan(cluster.tracer, 'do_fetch', run.trace);
  const startedMs = performance.now();
  try {
    const columns = await fetchColumns(cluster, source, run.deadline, trace);
    span.end();
    return columns;
  } catch (error) {
    failSpan(span, error as Error);
    throw error;
  } finally {
    run.context.notes.phase('do_fetch', startedMs);
  }
}

export function outputOf(
  plan: SearchPlan,
  queries: QueryVectors,
  { answers, merged }: FoundHits,
  columns: readonly Column[],
): SearchOutput {
  const { collection } = plan.target;
  return {
    collectionName: collection.name,
    primaryField: plan.primary,
    queryCount: queries.queryCount,
    topK: plan.parameters.limit,
    counts: merged.counts,
    scores: roundScores(merged.scores, plan.parameters.roundDecimal),
    keys: merged.keys,
    columns: plan.output.fields.map((field, i) => ({ name: field.name, field, column: columns[i]! })),
    outputFields: plan.output.names,
    sessionTimestamp: sessionTimestampOf(answers, collection),
    searchedRowCount: searchedRowsOf(answers),
    groupValues: undefined,
    iteration: undefined,
  };
}

export function searchedRowsOf(answers: readonly Answer<SearchResponse>[]): number {
  return answers.reduce((sum, { response }) => sum + (response.state?.rowCount ?? 0), 0);
}
