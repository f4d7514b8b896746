import type { Column } from '../../../../core/columns/column.ts';
import { gatherColumn } from '../../../../core/columns/column-operations.ts';
import { groupKeysOf } from '../../../../core/merge/group-key.ts';
import type { FieldSchema } from '../../../../core/schema/collection-schema.ts';
import type { Cluster } from '../../../cluster/cluster.ts';
import { inlineColumns, keyColumn } from '../collect-columns.ts';
import { type FoundHits, findHits, type HitsRequest } from '../find-hits.ts';
import { findGroups } from '../group/find-groups.ts';
import { concatRows, selectHits } from '../merge-answers.ts';
import type { SearchPlan } from '../plan-search.ts';
import type { ReadRun } from '../read-run.ts';
import { firstRows, rowRange } from './first-rows.ts';

/** What a search found; grouped ones say the group of each hit. */
export interface OrderedHits extends FoundHits {
  readonly groupValues?: Column;
}

/**
 * The hits of a search in the order of its plan: by distance, or, with `order_by_fields`, the nearest `offset` + `limit` of each query sorted by the values of these fields, of which
 * `offset` are then left out. So the nearest hits decide what is there, the fields how it is shown: more of them than asked for are never looked at (as in Milvus 3.0,
 * internal/proxy/search_pipeline.go). Groups are sorted by their nearest row and stay together. `fields` come along with the hits.
 */
export async function findInOrder(
  cluster: Cluster,
  request: Omit<HitsRequest, 'fieldIds'>,
  fields: readonly FieldSchema[],
  run: ReadRun,
): Promise<OrderedHits> {
  const { plan, offset, limit } = request;
  const { order } = plan.parameters;
  if (order.length === 0) return find(cluster, request, fields, run);
  const sent = [...new Set([...fields, ...order.map(({ field }) => field)])].filter((field) => field !== plan.primary);
  const found = await find(cluster, { ...request, offset: 0, limit: offset + limit }, sent, run);
  const rows = await orderedRows(plan, found, sent);
  return {
    answers: found.answers,
    merged: selectHits(found.merged, rows),
    ...(found.groupValues && { groupValues: gatherColumn(found.groupValues, concatRows(rows)) }),
  };
}

async function find(
  cluster: Cluster,
  request: Omit<HitsRequest, 'fieldIds'>,
  fields: readonly FieldSchema[],
  run: ReadRun,
): Promise<OrderedHits> {
  const { grouping } = request.plan.parameters;
  const asked = { ...request, fieldIds: fields.map((field) => field.id) };
  return grouping ? findGroups(cluster, asked, grouping, run) : findHits(cluster, asked, run);
}

/** Of each query: which hits, in their order. */
async function orderedRows(
  plan: SearchPlan,
  { answers, merged, groupValues }: OrderedHits,
  sent: readonly FieldSchema[],
): Promise<readonly Uint32Array[]> {
  const { order, offset, limit } = plan.parameters;
  const columns = inlineColumns({ fields: sent, collectionId: 0, schemaVersion: 0, answers, merged });
  const columnOf = (field: FieldSchema): Column =>
    field === plan.primary ? keyColumn(merged.keys) : columns[sent.indexOf(field)]!;
  const ordered = order.map((term) => ({ ...term, column: columnOf(term.field) }));
  const groups = groupValues && groupKeysOf(groupValues);
  const rows: Uint32Array[] = [];
  let from = 0;
  for (const count of merged.counts) {
    const all = rowRange(from, from + count);
    // The rows of a group stand together.
    const heads = groups ? all.filter((row) => row === from || groups[row] !== groups[row - 1]) : all;
    const first = (await firstRows(ordered, heads, offset + limit)).subarray(offset);
    rows.push(groups ? withGroups(first, groups, from + count) : first);
    from += count;
  }
  return rows;
}

/** Each head with the rows of its group after it. */
function withGroups(heads: Uint32Array, groups: readonly unknown[], end: number): Uint32Array {
  const rows: number[] = [];
  for (const head of heads) {
    for (let row = head; row < end && groups[row] === groups[head]; row++) rows.push(row);
  }
  return Uint32Array.from(rows);
}
