import { setImmediate as nextTurn } from 'node:timers/promises';
import { createMerger } from '../../../../core/aggregate/create-accumulator.ts';
import { GroupTable, rowCodes } from '../../../../core/aggregate/group-table.ts';
import type { Column } from '../../../../core/columns/column.ts';
import { gatherColumn, sliceColumn } from '../../../../core/columns/column-operations.ts';
import { LIMITS } from '../../../../core/limits.ts';
import type { Timestamp } from '../../../../core/timestamps.ts';
import type { QueryResponse } from '../../../../proto/generated/node.ts';
import { decodeColumn } from '../../../../proto/node-protocol/column-codec.ts';
import { encodeFilter } from '../../../../proto/node-protocol/filter-codec.ts';
import type { Cluster } from '../../../cluster/cluster.ts';
import type { Answer } from '../../../cluster/scatter.ts';
import { gatherField } from '../gather-field.ts';
import { firstRows, rowRange } from '../order/first-rows.ts';
import type { OrderTerm } from '../order/parse-order.ts';
import { encodeReadKeys, type RowsRequest } from '../read-rows.ts';
import { getRouting, type ReadRun, scatterRead, sessionTimestampOf } from '../read-run.ts';
import type { GroupsWanted } from './parse-aggregation.ts';

export interface GroupsFound {
  readonly groupCount: number;
  /** Of the group fields, then of the aggregates. */
  readonly columns: readonly Column[];
  readonly sessionTimestamp: Timestamp;
}

/** Groups merged between two turns of the event loop. */
const GROUPS_PER_TURN = 8_192;

/**
 * Aggregates over all rows that pass, by all nodes: each computes its part, parts of a group meet here. Rows stored twice count twice, as in count(*). Groups come in the order of `order`, then of
 * their values, with offset and limit counted in that order.
 */
export async function readGroups(
  cluster: Cluster,
  request: RowsRequest,
  wanted: GroupsWanted,
  order: readonly OrderTerm[],
  run: ReadRun,
): Promise<GroupsFound> {
  const { target, offset, limit, ignoreGrowing } = request;
  const routing = await getRouting(cluster, target, request.consistency, run);
  const filter = encodeFilter(request.filter, request.templates);
  const keys = encodeReadKeys(request);
  const aggregation = {
    groupFieldIds: wanted.groupFields.map(({ id }) => id),
    aggregates: wanted.aggregates.map(({ operator, field }) => ({ operator, fieldId: field?.id ?? 0 })),
  };
  const rest = { filter, keys, limit: 0, outputFieldIds: [], countOnly: false, ignoreGrowing, aggregation };
  const answers = await scatterRead<QueryResponse>(
    cluster,
    'query',
    target,
    routing,
    run,
    (shard, scope, context, signal) => shard.query({ context, scope, ...rest }, signal),
  );
  const { groupCount, columns } = await mergeGroups(answers, wanted);
  const rows = await ordered(columns, groupCount, wanted, order, limit === 0 ? groupCount : offset + limit);
  const shown = rows.subarray(offset);
  return {
    groupCount: shown.length,
    columns: columns.map((column) => gatherColumn(column, shown)),
    sessionTimestamp: sessionTimestampOf(answers, target.collection),
  };
}

async function mergeGroups(
  answers: readonly Answer<QueryResponse>[],
  { groupFields, aggregates }: GroupsWanted,
): Promise<Pick<GroupsFound, 'groupCount' | 'columns'>> {
  const keyCount = groupFields.length;
  const table = new GroupTable(keyCount > 0, LIMITS.aggregateGroupsMax);
  const mergers = aggregates.map(({ operator, dataType }) => createMerger(operator, dataType));
  const decoded = answers.map(({ response }) => response.columns.map(decodeColumn));
  const lists: number[] = [];
  const rows: number[] = [];
  for (let list = 0; list < answers.length; list++) {
    const { count } = answers[list]!.response;
    for (let from = 0; from < count; from += GROUPS_PER_TURN) {
      await nextTurn();
      const to = Math.min(from + GROUPS_PER_TURN, count);
      const columns = decoded[list]!.map((column) => sliceColumn(column, from, to));
      const codes = columns.slice(0, keyCount).map(rowCodes);
      const groups = table.assign(
        codes,
        to - from,
        () => true,
        (row) => {
          lists.push(list);
          rows.push(from + row);
        },
      );
      for (let i = 0; i < mergers.length; i++) mergers[i]!.add(columns[keyCount + i]!, groups, table.count);
    }
  }
  const firsts = { lists: Uint32Array.from(lists), rows: Uint32Array.from(rows) };
  const keys = groupFields.map((field, i) =>
    gatherField(
      field,
      decoded.map((columns) => columns[i]),
      firsts,
    ),
  );
  return { groupCount: table.count, columns: [...keys, ...mergers.map((merger) => merger.result(table.count))] };
}

function ordered(
  columns: readonly Column[],
  groupCount: number,
  { groupFields }: GroupsWanted,
  order: readonly OrderTerm[],
  count: number,
): Promise<Uint32Array> {
  const byValue = groupFields.map((field) => ({ field, path: undefined, isDescending: false, nullsFirst: false }));
  const terms = [...order, ...byValue].map((term) => ({ ...term, column: columns[groupFields.indexOf(term.field)]! }));
  return firstRows(terms, rowRange(0, groupCount), count);
}
