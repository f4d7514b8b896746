import type { Context } from '@opentelemetry/api';
import type { Column } from '../../../core/columns/column.ts';
import { bytesColumnFrom, fixedColumn } from '../../../core/columns/column-operations.ts';
import type { KeyList } from '../../../core/merge/merge-hits.ts';
import type { FieldSchema } from '../../../core/schema/collection-schema.ts';
import { DataType, isDenseVector, isVariableLength, vectorRowBytes } from '../../../core/schema/data-type.ts';
import type { SearchResponse } from '../../../proto/generated/node.ts';
import { arrayFrom, bytesOf, decodeColumn } from '../../../proto/node-protocol/column-codec.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Deadline } from '../../cluster/deadline.ts';
import { callNode } from '../../cluster/node-call.ts';
import type { Answer } from '../../cluster/scatter.ts';
import type { RouterLimits } from '../../limits.ts';
import { gatherField, type MergedRows } from './gather-field.ts';

export interface ColumnSource {
  readonly fields: readonly FieldSchema[];
  readonly collectionId: number;
  readonly schemaVersion: number;
  readonly answers: readonly Answer<SearchResponse>[];
  readonly merged: MergedRows;
}

/**
 * Whether output columns travel with the hits. Every node sends them for all its hits, of which the merge keeps few; a second round trip for the winners only costs time
 * and is worth it when what it saves is large.
 */
export function sendsInline(
  fields: readonly FieldSchema[],
  hitsPerNode: number,
  hitsKept: number,
  nodeCount: number,
  limits: RouterLimits,
): boolean {
  const rowBytes = fields.reduce((sum, field) => sum + bytesPerRow(field, limits), 0);
  const surplusBytes = rowBytes * (hitsPerNode * nodeCount - hitsKept);
  return surplusBytes <= limits.inlineSurplusBytesMax;
}

function bytesPerRow(field: FieldSchema, limits: RouterLimits): number {
  if (isDenseVector(field.dataType)) return vectorRowBytes(field.dataType, field.dimension!);
  if (field.dataType === DataType.VarChar) return Math.min(field.maxLength!, limits.varCharBytesGuess);
  return isVariableLength(field.dataType) ? limits.jsonBytesGuess : 8;
}

/** Primary keys as a column. */
export function keyColumn(keys: KeyList): Column {
  return keys instanceof BigInt64Array ? fixedColumn(DataType.Int64, keys) : bytesColumnFrom(DataType.VarChar, keys);
}

/** The fields' values at the merged hits, from columns that came with the answers. */
export function inlineColumns(source: ColumnSource): readonly Column[] {
  const decoded = source.answers.map(({ response }) => response.columns.map(decodeColumn));
  return source.fields.map((field, i) =>
    gatherField(
      field,
      decoded.map((columns) => columns[i]),
      source.merged,
    ),
  );
}

/** The fields' values at the merged hits, asked of the nodes that found them. */
export async function fetchColumns(
  cluster: Cluster,
  source: ColumnSource,
  deadline: Deadline,
  trace: Context,
): Promise<readonly Column[]> {
  const { answers, merged, fields } = source;
  const counts = new Uint32Array(answers.length);
  // Hits of one answer are fetched in the order of the merge: the place of each is how many of its list came before.
  const places = merged.lists.map((list) => counts[list]!++);
  const fetched = await Promise.all(
    answers.map((answer, list) =>
      counts[list] === 0 ? [] : fetchFrom(cluster, answer, list, counts[list]!, source, deadline, trace),
    ),
  );
  return fields.map((field, i) =>
    gatherField(
      field,
      fetched.map((columns) => columns[i]),
      { lists: merged.lists, rows: places },
    ),
  );
}

async function fetchFrom(
  cluster: Cluster,
  answer: Answer<SearchResponse>,
  list: number,
  count: number,
  source: ColumnSource,
  deadline: Deadline,
  trace: Context,
): Promise<readonly Column[]> {
  const { handle, response } = answer;
  const allSegmentIndexes = arrayFrom(Int32Array, response.segmentIndexes);
  const allRowOffsets = arrayFrom(Uint32Array, response.rowOffsets);
  const segmentIndexes = new Int32Array(count);
  const rowOffsets = new Uint32Array(count);
  const { lists, rows } = source.merged;
  for (let i = 0, at = 0; i < rows.length; i++) {
    if (lists[i] !== list) continue;
    segmentIndexes[at] = allSegmentIndexes[rows[i]!]!;
    rowOffsets[at++] = allRowOffsets[rows[i]!]!;
  }
  const request = {
    collectionId: source.collectionId,
    schemaVersion: source.schemaVersion,
    segmentIds: response.segmentIds,
    segmentIndexes: bytesOf(segmentIndexes),
    rowOffsets: bytesOf(rowOffsets),
    outputFieldIds: source.fields.map((field) => field.id),
  };
  const call = callNode(
    handle,
    {
      kind: 'fetch',
      deadline,
      trace,
      tags: { rows: count },
      invoke: (context, signal) => handle.shard.fetch({ context, ...request }, signal),
    },
    cluster,
  );
  const { columns } = await call.response;
  return columns.map(decodeColumn);
}
