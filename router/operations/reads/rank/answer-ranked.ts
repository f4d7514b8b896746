import type { Column } from '../../../../core/columns/column.ts';
import { gatherColumn } from '../../../../core/columns/column-operations.ts';
import { BraidError } from '../../../../core/errors.ts';
import { LIMITS } from '../../../../core/limits.ts';
import { groupKeysOf } from '../../../../core/merge/group-key.ts';
import type { KeyList } from '../../../../core/merge/merge-hits.ts';
import {
  type CandidateList,
  type FusedHits,
  fuseHits,
  type Selection,
  window,
} from '../../../../core/rank/fuse-hits.ts';
import { type GroupScorer, groupWindow } from '../../../../core/rank/group-window.ts';
import { roundScores } from '../../../../core/rank/round-scores.ts';
import { type FieldSchema, fieldById } from '../../../../core/schema/collection-schema.ts';
import { classifyError } from '../../../cluster/classify-error.ts';
import type { Cluster } from '../../../cluster/cluster.ts';
import { fetchWinners, queriesOf, searchedRowsOf, withKeys } from '../answer-search.ts';
import { inlineColumns, sendsInline } from '../collect-columns.ts';
import { type FoundHits, findHits } from '../find-hits.ts';
import { gatherField } from '../gather-field.ts';
import { findGroups } from '../group/find-groups.ts';
import type { Grouping } from '../group/grouping.ts';
import { namedGroups } from '../group/named-groups.ts';
import type { SearchPlan } from '../plan-search.ts';
import { getRouting, type ReadRun, type Routing, sessionTimestampOf } from '../read-run.ts';
import type { QueryVectors, SearchInput, SearchOutput } from '../search.ts';
import { fusionOf } from './fusion-of.ts';
import { fieldIdsOf, type Ranker } from './ranker.ts';

/** Several searches of one collection (or one) whose hits a ranker brings into one order. */
export interface RankedPlan {
  readonly parts: readonly RankedSearch[];
  readonly ranker: Ranker;
  /** What of the new order is the answer, per query. */
  readonly limit: number;
  readonly offset: number;
  readonly roundDecimal: number | undefined;
  /** The searches are grouped then, and their hit counts are groups. */
  readonly grouping: Grouping | undefined;
  readonly groupScorer: GroupScorer;
}

export interface RankedSearch {
  readonly plan: SearchPlan;
  readonly input: SearchInput;
  /** Hits that take part, per query. */
  readonly hitCount: number;
  /** Applied to this search's hits before they meet the others'. */
  readonly ranker: Ranker | undefined;
}

/**
 * Does all searches in parallel, on one view and with one guarantee, ranks their hits, and fetches fields of the winners only. Names, target, consistency and output are
 * those of the first search.
 */
export async function answerRanked(cluster: Cluster, ranked: RankedPlan, run: ReadRun): Promise<SearchOutput> {
  const { parts, ranker, limit, grouping } = ranked;
  const { plan, input } = parts[0]!;
  if (grouping && ranker.kind === 'decay')
    throw new BraidError('parameterInvalid', 'rerank function decay does not support grouping search');
  const queries = await Promise.all(parts.map((part) => queriesOf(cluster, part.plan, part.input, run)));
  const queryCount = checkedCount(queries, parts);
  const routing = await getRouting(cluster, plan.target, input.consistency, run);
  const outputFields = plan.output.fields.filter((field) => field !== plan.primary);
  const isInline = run.isRepeated || isCheapInline(cluster, ranked, queryCount, routing);
  const candidates = await Promise.all(
    parts.map((part, i) =>
      findCandidates(
        cluster,
        part,
        { ranker, queries: queries[i]!, routing, grouping, outputFields: isInline ? outputFields : [] },
        run,
      ),
    ),
  );
  const fusion = fusionOf(ranker, candidates);
  const fused = fuseHits(candidates, queryCount, fusion, selectionOf(ranked, candidates, fusion.isLargerNearer));
  const keys = keysOf(candidates, fused);
  try {
    const others = isInline
      ? outputFields.map((field) =>
          gatherField(
            field,
            candidates.map(({ columns }) => columns.get(field.id)),
            fused,
          ),
        )
      : await fetchFused(cluster, plan, outputFields, candidates, fused, run);
    const columns = withKeys(plan.output, plan.primary, others, keys);
    const answers = candidates.flatMap(({ found }) => found.answers);
    return {
      collectionName: plan.target.collection.name,
      primaryField: plan.primary,
      queryCount,
      topK: limit,
      counts: fused.counts,
      scores: roundScores(fused.scores, ranked.roundDecimal),
      keys,
      columns: plan.output.fields.map((field, i) => ({ name: field.name, field, column: columns[i]! })),
      outputFields: plan.output.names,
      sessionTimestamp: sessionTimestampOf(answers, plan.target.collection),
      searchedRowCount: searchedRowsOf(answers),
      groupValues: grouping && namedGroups(grouping, groupColumnOf(grouping, candidates, fused)),
      iteration: undefined,
    };
  } catch (error) {
    // The node that found the hits went away before it could send their fields: others find them again.
    if (isInline || !(error instanceof BraidError) || classifyError(error) !== 'node') throw error;
    return answerRanked(cluster, ranked, { ...run, isRepeated: true });
  }
}

function checkedCount(queries: readonly QueryVectors[], parts: readonly RankedSearch[]): number {
  const { queryCount } = queries[0]!;
  const other = queries.find((candidate) => candidate.queryCount !== queryCount);
  if (other) {
    const counts = `${queryCount} and ${other.queryCount}`;
    throw new BraidError('parameterInvalid', `sub search request nq should be the same, but got ${counts}`);
  }
  const hitCount = parts.reduce((sum, part) => sum + part.hitCount, 0) * queryCount;
  if (hitCount > LIMITS.hitsMax) {
    throw new BraidError(
      'parameterInvalid',
      `nq * (sum of the limits of all searches) should be at most ${LIMITS.hitsMax}, but got ${hitCount}`,
    );
  }
  return queryCount;
}

function isCheapInline(
  cluster: Cluster,
  { parts, limit }: RankedPlan,
  queryCount: number,
  { route }: Routing,
): boolean {
  const hitCount = parts.reduce((sum, part) => sum + part.hitCount, 0);
  const nodeCount = Math.min(route.groups.length, cluster.members.readers().length) + 1;
  const { fields } = parts[0]!.plan.output;
  return sendsInline(fields, hitCount * queryCount, limit * queryCount, nodeCount, cluster.limits);
}

/** One search's hits, with the values that the rankers read (and those that clients want, where they are cheap to send). */
interface Candidates extends CandidateList {
  readonly found: FoundHits;
  readonly metricType: SearchPlan['index']['metricType'];
  readonly rowCount: number;
  readonly columns: ReadonlyMap<number, Column>;
  /** Of each hit: its answer, and its row there. */
  readonly lists: Uint32Array;
  readonly rows: Uint32Array;
  readonly groupValues: Column | undefined;
}

interface CandidateOptions {
  readonly ranker: Ranker;
  readonly grouping: Grouping | undefined;
  readonly queries: QueryVectors;
  readonly routing: Routing;
  readonly outputFields: readonly FieldSchema[];
}

async function findCandidates(
  cluster: Cluster,
  part: RankedSearch,
  { ranker, grouping, queries, routing, outputFields }: CandidateOptions,
  run: ReadRun,
): Promise<Candidates> {
  const { plan, input, hitCount } = part;
  const { schema } = plan.target.collection;
  const read = [...fieldIdsOf(ranker), ...fieldIdsOf(part.ranker)].map((id) => fieldById(schema, id)!);
  const fields = [...new Set([...read, ...outputFields])];
  const fieldIds = fields.map((field) => field.id);
  const { templates } = input;
  const request = { plan, templates, queries, routing, offset: 0, limit: hitCount, fieldIds };
  const groups = grouping && (await findGroups(cluster, request, grouping, run));
  const found = groups ?? (await findHits(cluster, request, run));
  const { answers, merged } = found;
  const source = { fields, collectionId: 0, schemaVersion: schema.version, answers, merged };
  const columns = inlineColumns(source);
  const candidates: Candidates = {
    found,
    metricType: plan.index.metricType,
    rowCount: merged.scores.length,
    columns: new Map(fieldIds.map((id, i) => [id, columns[i]!])),
    counts: merged.counts,
    scores: merged.scores,
    keys: merged.keys,
    lists: merged.lists,
    rows: merged.rows,
    groupValues: groups?.groupValues,
  };
  return part.ranker ? rankedAlone(candidates, part.ranker) : candidates;
}

/** A search's hits as its own ranker orders them. */
function rankedAlone(candidates: Candidates, ranker: Ranker): Candidates {
  const selection = window(0, candidates.rowCount);
  const fused = fuseHits([candidates], candidates.counts.length, fusionOf(ranker, [candidates]), selection);
  const { rows: order } = fused;
  const columns = Array.from(candidates.columns, ([id, column]) => [id, gatherColumn(column, order)] as const);
  return {
    ...candidates,
    columns: new Map(columns),
    counts: fused.counts,
    scores: fused.scores,
    keys: keysOf([candidates], fused),
    lists: order.map((row) => candidates.lists[row]!),
    rows: order.map((row) => candidates.rows[row]!),
    groupValues: candidates.groupValues && gatherColumn(candidates.groupValues, order),
  };
}

function selectionOf(
  { offset, limit, grouping, groupScorer: scorer }: RankedPlan,
  candidates: readonly Candidates[],
  isLargerNearer: boolean,
): Selection {
  if (!grouping) return window(offset, limit);
  const groups = candidates.map(({ groupValues }) => groupKeysOf(groupValues!));
  const groupOf = (list: number, row: number) => groups[list]![row]!;
  return groupWindow({ ...grouping, offset, limit, scorer, isLargerNearer, groupOf });
}

function groupColumnOf(grouping: Grouping, candidates: readonly Candidates[], fused: FusedHits): Column {
  const columns = candidates.map(({ groupValues }) => groupValues);
  return gatherField(grouping.field, columns, fused);
}

function keysOf(lists: readonly CandidateList[], { lists: places, rows }: FusedHits): KeyList {
  const isText = lists.some(({ keys }) => !(keys instanceof BigInt64Array));
  if (isText) return Array.from(rows, (row, i) => lists[places[i]!]!.keys[row] as string);
  const keys = new BigInt64Array(rows.length);
  for (let i = 0; i < rows.length; i++) keys[i] = lists[places[i]!]!.keys[rows[i]!] as bigint;
  return keys;
}

/** Fields of the winners, asked of the nodes that found them. */
function fetchFused(
  cluster: Cluster,
  plan: SearchPlan,
  fields: readonly FieldSchema[],
  candidates: readonly Candidates[],
  fused: FusedHits,
  run: ReadRun,
): Promise<readonly Column[]> {
  const { id, schema } = plan.target.collection;
  const starts: number[] = [];
  let answerCount = 0;
  for (const { found } of candidates) {
    starts.push(answerCount);
    answerCount += found.answers.length;
  }
  const answers = candidates.flatMap(({ found }) => found.answers);
  const lists = fused.rows.map((row, i) => starts[fused.lists[i]!]! + candidates[fused.lists[i]!]!.lists[row]!);
  const rows = fused.rows.map((row, i) => candidates[fused.lists[i]!]!.rows[row]!);
  const source = { fields, collectionId: id, schemaVersion: schema.version, answers, merged: { lists, rows } };
  return fetchWinners(cluster, source, run);
}
