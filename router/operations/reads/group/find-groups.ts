import type { Column } from '../../../../core/columns/column.ts';
import { concatColumns, pickRows } from '../../../../core/columns/column-operations.ts';
import { type GroupKey, groupKeysOf } from '../../../../core/merge/group-key.ts';
import { type HitList, mergeHits } from '../../../../core/merge/merge-hits.ts';
import { arrangeGroups, selectGroups } from '../../../../core/merge/select-groups.ts';
import { largerIsNearer } from '../../../../core/metric.ts';
import { DataType } from '../../../../core/schema/data-type.ts';
import type { SearchResponse } from '../../../../proto/generated/node.ts';
import { decodeColumn, encodeColumn } from '../../../../proto/node-protocol/column-codec.ts';
import type { Cluster } from '../../../cluster/cluster.ts';
import type { Answer } from '../../../cluster/scatter.ts';
import { askNodes, type FoundHits, type HitsRequest } from '../find-hits.ts';
import { gatherField } from '../gather-field.ts';
import { decodeHits, gatherKeys, type MergedAnswers } from '../merge-answers.ts';
import type { ReadRun } from '../read-run.ts';
import type { QueryVectors } from '../search.ts';
import { weighTerms } from '../weigh-terms.ts';
import type { Grouping } from './grouping.ts';

export interface FoundGroups extends FoundHits {
  /** The group of each hit. */
  readonly groupValues: Column;
}

/** Queries whose groups are filled at the same time. */
const QUERIES_AT_ONCE = 8;

/**
 * The nearest groups, `limit` of them after `offset`, and the nearest `grouping.size` rows of each, groups by their nearest row and their rows together: exactly what grouping all
 * rows would give (as far as the index finds the nearest rows). The groups are found first, by one row each; if more rows are wanted, all nodes are asked once more for the rows
 * of these groups, because a group that is among the first on one node may have rows on others.
 */
export async function findGroups(
  cluster: Cluster,
  asked: HitsRequest,
  grouping: Grouping,
  run: ReadRun,
): Promise<FoundGroups> {
  const request = await weighTerms(cluster, asked, run);
  const { offset, limit, queries } = request;
  const groupCount = offset + limit;
  const isFilled = grouping.size === 1;
  const fieldIds = isFilled ? request.fieldIds : [];
  const answers = await askNodes(cluster, { ...request, fieldIds }, groupCount, run, { ...grouping, size: 1 });
  const first = mergeGroups(answers, request, { grouping, groupCount, groupSize: 1, offset });
  if (isFilled) return first;
  const filled: FoundGroups[] = [];
  for (let from = 0; from < queries.queryCount; from += QUERIES_AT_ONCE) {
    const numbers = Array.from({ length: Math.min(QUERIES_AT_ONCE, queries.queryCount - from) }, (_, i) => from + i);
    filled.push(...(await Promise.all(numbers.map((query) => fill(cluster, request, grouping, first, query, run)))));
  }
  return filled.length === 1 ? filled[0]! : joined(filled, request);
}

/** All wanted rows of one query's groups. */
async function fill(
  cluster: Cluster,
  request: HitsRequest,
  grouping: Grouping,
  { merged, groupValues }: FoundGroups,
  query: number,
  run: ReadRun,
): Promise<FoundGroups> {
  const start = merged.counts.subarray(0, query).reduce((sum, count) => sum + count, 0);
  const groupCount = merged.counts[query]!;
  const one = { ...request, queries: queryOf(request.queries, query) };
  if (groupCount === 0) return mergeGroups([], one, { grouping, groupCount: 1, groupSize: 1, offset: 0 });
  const rows = Uint32Array.from({ length: groupCount }, (_, i) => start + i);
  const only = encodeColumn(grouping.field.id, pickRows([groupValues], new Uint32Array(groupCount), rows));
  const answers = await askNodes(cluster, one, groupCount, run, { ...grouping, only });
  return mergeGroups(answers, one, { grouping, groupCount, groupSize: grouping.size, offset: 0 });
}

interface GroupsWanted {
  readonly grouping: Grouping;
  readonly groupCount: number;
  readonly groupSize: number;
  /** Groups left out. */
  readonly offset: number;
}

function mergeGroups(
  answers: readonly Answer<SearchResponse>[],
  { plan, queries }: HitsRequest,
  { grouping, groupCount, groupSize, offset }: GroupsWanted,
): FoundGroups {
  const sources = answers.map(({ response }) => decodeHits(response));
  const values = answers.map(({ response }) => (response.groupValues ? decodeColumn(response.groupValues) : undefined));
  const keys = values.map((column): readonly GroupKey[] => (column ? groupKeysOf(column) : []));
  const groupOf = (list: number, row: number): GroupKey => keys[list]![row]!;
  const { queryCount } = queries;
  const k = Math.max(
    1,
    sources.reduce((sum, { scores }) => sum + scores.length, 0),
  );
  const ranked = mergeHits(sources, { queryCount, k, largerIsNearer: largerIsNearer(plan.index.metricType) });
  const selected = selectGroups(ranked, groupOf, { groupCount, groupSize });
  const { counts, lists, rows } = arrangeGroups(selected, groupOf, offset);
  const merged: MergedAnswers = {
    counts,
    lists,
    rows,
    scores: Float32Array.from(rows, (row, i) => sources[lists[i]!]!.scores[row]!),
    keys: keysOf(sources, lists, rows, plan.primary.dataType),
    isShort: false,
  };
  return { answers, merged, groupValues: gatherField(grouping.field, values, { lists, rows }) };
}

function keysOf(sources: readonly HitList[], lists: Uint32Array, rows: Uint32Array, keyType: DataType) {
  return gatherKeys(sources, lists, rows, keyType === DataType.VarChar);
}

function queryOf(queries: QueryVectors, query: number): QueryVectors {
  const { data, queryCount, offsets } = queries;
  const rowBytes = data.length / queryCount;
  const start = offsets?.[query] ?? query * rowBytes;
  const end = offsets?.[query + 1] ?? start + rowBytes;
  const one = { ...queries, data: data.subarray(start, end), queryCount: 1 };
  return offsets ? { ...one, offsets: Uint32Array.of(0, end - start) } : one;
}

/** The groups of one query after the other. */
function joined(parts: readonly FoundGroups[], { plan }: HitsRequest): FoundGroups {
  const starts: number[] = [];
  let answerCount = 0;
  for (const { answers } of parts) {
    starts.push(answerCount);
    answerCount += answers.length;
  }
  const all = parts.map(({ merged }) => merged);
  const isText = plan.primary.dataType === DataType.VarChar;
  const texts = all.flatMap(({ keys }) => (keys instanceof BigInt64Array ? [] : keys));
  const numbers = all.flatMap(({ keys }) => (keys instanceof BigInt64Array ? Array.from(keys) : []));
  const withHits = parts.filter(({ groupValues }) => groupValues.rowCount > 0);
  const merged = {
    counts: Uint32Array.from(all.flatMap(({ counts }) => Array.from(counts))),
    lists: Uint32Array.from(all.flatMap(({ lists }, i) => Array.from(lists, (list) => starts[i]! + list))),
    rows: Uint32Array.from(all.flatMap(({ rows }) => Array.from(rows))),
    scores: Float32Array.from(all.flatMap(({ scores }) => Array.from(scores))),
    keys: isText ? texts : BigInt64Array.from(numbers),
    isShort: false,
  };
  const groupValues =
    withHits.length > 0 ? concatColumns(withHits.map((part) => part.groupValues)) : parts[0]!.groupValues;
  return { answers: parts.flatMap(({ answers }) => answers), merged, groupValues };
}
