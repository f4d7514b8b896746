import type { Column } from '../../../core/columns/column.ts';
import { bytesColumnFrom, fixedColumn } from '../../../core/columns/column-operations.ts';
import { BraidError } from '../../../core/errors.ts';
import type { KeyList } from '../../../core/merge/merge-hits.ts';
import { roundScores } from '../../../core/rank/round-scores.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import type { SearchResponse } from '../../../proto/generated/node.ts';
import { classifyError } from '../../cluster/classify-error.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Answer } from '../../cluster/scatter.ts';
import { failSpan, openSpan } from '../../cluster/tracing.ts';
import { type ColumnSource, fetchColumns, inlineColumns, sendsInline } from './collect-columns.ts';
import { type FoundHits, findHits } from './find-hits.ts';
import { findQueryVectors } from './find-query-vectors.ts';
import type { OutputFields } from './output-fields.ts';
import { checkQueries, type SearchPlan } from './plan-search.ts';
import { getRouting, type ReadRun, type Routing, sessionTimestampOf } from './read-run.ts';
import type { QueryVectors, SearchInput, SearchOutput } from './search.ts';

/** Does a planned search whose order is that of the distances. */
export async function answerSearch(
  cluster: Cluster,
  plan: SearchPlan,
  input: SearchInput,
  run: ReadRun,
): Promise<SearchOutput> {
  const queries = await queriesOf(cluster, plan, input, run);
  const routing = await getRouting(cluster, plan.target, input.consistency, run);
  const fetchedIds = fetchedFields(plan).map((field) => field.id);
  const isInline = fetchedIds.length === 0 || run.isRepeated || isCheapInline(cluster, plan, queries, routing);
  const { offset, limit } = plan.parameters;
  const fieldIds = isInline ? fetchedIds : [];
  const { templates } = input;
  const found = await findHits(cluster, { plan, templates, queries, routing, offset, limit, fieldIds }, run);
  try {
    const columns = await columnsOf(cluster, plan, found, isInline, run);
    return outputOf(plan, queries, found, columns);
  } catch (error) {
    // The node that found the hits went away before it could send their fields: others find them again.
    if (isInline || !(error instanceof BraidError) || classifyError(error) !== 'node') throw error;
    return answerSearch(cluster, plan, input, { ...run, isRepeated: true });
  }
}

/** The checked query vectors; those of a search by keys are read from the rows. */
export async function queriesOf(
  cluster: Cluster,
  plan: SearchPlan,
  input: SearchInput,
  run: ReadRun,
): Promise<QueryVectors> {
  const queries =
    input.queries.kind === 'vectors'
      ? input.queries
      : await findQueryVectors(cluster, plan, input.queries.keys, input, run);
  checkQueries(plan, queries);
  return queries;
}

function fetchedFields({ output, primary }: SearchPlan): OutputFields['fields'] {
  return output.fields.filter((field) => field !== primary);
}

function isCheapInline(cluster: Cluster, plan: SearchPlan, queries: QueryVectors, { route }: Routing): boolean {
  const { offset, limit } = plan.parameters;
  const { queryCount } = queries;
  const nodeCount = Math.min(route.groups.length, cluster.members.readers().length) + 1;
  return sendsInline(plan.output.fields, (offset + limit) * queryCount, limit * queryCount, nodeCount, cluster.limits);
}

/** One column per output field, in their order. */
async function columnsOf(
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
  try {
    const columns = await fetchColumns(cluster, source, run.deadline, trace);
    span.end();
    return columns;
  } catch (error) {
    failSpan(span, error as Error);
    throw error;
  }
}

function keyColumn(keys: KeyList): Column {
  return keys instanceof BigInt64Array ? fixedColumn(DataType.Int64, keys) : bytesColumnFrom(DataType.VarChar, keys);
}

function outputOf(
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
  };
}

export function searchedRowsOf(answers: readonly Answer<SearchResponse>[]): number {
  return answers.reduce((sum, { response }) => sum + (response.state?.rowCount ?? 0), 0);
}
