import type { Accumulator } from '../../core/aggregate/accumulator.ts';
import { type AggregateOperator, aggregateType } from '../../core/aggregate/aggregate.ts';
import { createAccumulator } from '../../core/aggregate/create-accumulator.ts';
import { GroupTable } from '../../core/aggregate/group-table.ts';
import { fixedColumn } from '../../core/columns/column-operations.ts';
import { BraidError } from '../../core/errors.ts';
import { LIMITS as API_LIMITS } from '../../core/limits.ts';
import { type CollectionSchema, type FieldSchema, fieldById } from '../../core/schema/collection-schema.ts';
import { DataType, dataTypeName, isGroupable } from '../../core/schema/data-type.ts';
import type { Aggregate, Aggregation, ColumnMessage } from '../../proto/generated/node.ts';
import { encodeColumn } from '../../proto/node-protocol/column-codec.ts';
import { chunkGroups } from './chunk-groups.ts';
import { chunkCountOf, rowsOfChunk } from './column-chunks.ts';
import { gatherRows } from './gather-rows.ts';
import { LIMITS } from './limits.ts';
import type { SegmentSnapshot, SelectedRows } from './segment.ts';
import { TimeSlice } from './time-slice.ts';

export interface AggregatedRows {
  readonly groupCount: number;
  /** Group fields, then aggregates: a row per group. */
  readonly columns: ColumnMessage[];
}

/** Stands for a column where rows are counted, whatever is in them. */
const ANY = fixedColumn(DataType.Bool, new Uint8Array(0));

/** Computes aggregates over selected rows of all these segments, chunk by chunk of their columns; shares the event loop. Throws `fieldNotFound` and `parameterInvalid`. */
export async function aggregateSnapshots(
  snapshots: readonly SegmentSnapshot[],
  selected: readonly SelectedRows[],
  { groupFieldIds, aggregates }: Aggregation,
  { schema, signal }: { readonly schema: CollectionSchema; readonly signal?: AbortSignal },
): Promise<AggregatedRows> {
  for (const id of groupFieldIds) checkGroupField(fieldOf(schema, id));
  const parts = aggregates.map((aggregate) => ({ aggregate, accumulator: accumulatorOf(aggregate, schema) }));
  const table = new GroupTable(groupFieldIds.length > 0, API_LIMITS.aggregateGroupsMax);
  const firstRows: { readonly segments: number[]; readonly offsets: number[] } = { segments: [], offsets: [] };
  const slice = new TimeSlice(signal);
  for (let segment = 0; segment < snapshots.length; segment++) {
    const snapshot = snapshots[segment]!;
    for (let index = 0; index < chunkCountOf(snapshot.rowCount); index++) {
      if (slice.isOver()) await slice.next();
      const from = index * LIMITS.chunkRows;
      const rowCount = rowsOfChunk(index, snapshot.rowCount);
      const isSelected = selectionOf(selected[segment]!, from, rowCount);
      if (!isSelected) continue;
      const codes = groupFieldIds.map((id) => chunkGroups(snapshot.chunk(id, index), undefined));
      const groups = table.assign(codes, rowCount, isSelected, (row) => {
        firstRows.segments.push(segment);
        firstRows.offsets.push(from + row);
      });
      for (const { aggregate, accumulator } of parts) {
        const column = aggregate.fieldId === 0 ? ANY : snapshot.chunk(aggregate.fieldId, index);
        accumulator.add(column, groups, table.count);
      }
    }
  }
  const places = { segments: Uint32Array.from(firstRows.segments), offsets: Uint32Array.from(firstRows.offsets) };
  const keys = await gatherRows(snapshots, places, groupFieldIds, signal);
  const results = parts.map(({ aggregate, accumulator }) =>
    encodeColumn(aggregate.fieldId, accumulator.result(table.count)),
  );
  // Without segments there are no columns to take keys from, and no groups.
  if (snapshots.length === 0 && groupFieldIds.length > 0) return { groupCount: 0, columns: [] };
  return { groupCount: table.count, columns: [...keys, ...results] };
}

/** Undefined where none of the rows is selected. */
function selectionOf(
  { bits, count }: SelectedRows,
  from: number,
  rowCount: number,
): ((row: number) => boolean) | undefined {
  if (count === 0) return undefined;
  if (!bits) return () => true;
  // Chunks begin at whole bytes.
  const own = bits.subarray(from >>> 3, (from + rowCount + 7) >>> 3);
  if (own.every((byte) => byte === 0)) return undefined;
  return (row) => (own[row >>> 3]! & (1 << (row & 7))) !== 0;
}

function accumulatorOf({ operator, fieldId }: Aggregate, schema: CollectionSchema): Accumulator {
  const { name, dataType } = fieldId === 0 ? { name: '*', dataType: DataType.Bool } : fieldOf(schema, fieldId);
  const isKnown = operator === 'count' || operator === 'sum' || operator === 'min' || operator === 'max';
  if (isKnown && aggregateType(operator, dataType) !== undefined) {
    return createAccumulator(operator as AggregateOperator, dataType);
  }
  throw new BraidError('parameterInvalid', `there is no ${operator} of ${name}, which is ${dataTypeName(dataType)}`);
}

function checkGroupField({ name, dataType }: FieldSchema): void {
  if (isGroupable(dataType)) return;
  throw new BraidError('parameterInvalid', `field ${name} of ${dataTypeName(dataType)} cannot be grouped by`);
}

function fieldOf(schema: CollectionSchema, id: number): FieldSchema {
  const field = fieldById(schema, id);
  if (!field) throw new BraidError('fieldNotFound', `field ${id} is not in ${schema.name}`);
  return field;
}
