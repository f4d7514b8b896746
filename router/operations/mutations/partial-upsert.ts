import type { CollectionRecord } from '../../../core/catalog.ts';
import type { Column, ColumnBatch, PrimaryKey } from '../../../core/columns/column.ts';
import { keyAt } from '../../../core/columns/column-operations.ts';
import { BraidError } from '../../../core/errors.ts';
import type { FieldOperation } from '../../../core/rows/array-operations.ts';
import { completeRows, type OldRows } from '../../../core/rows/complete-rows.ts';
import { splitByPartition } from '../../../core/rows/split-by-partition.ts';
import { functionOfOutput, primaryField } from '../../../core/schema/collection-schema.ts';
import type { Timestamp } from '../../../core/timestamps.ts';
import { keysOfColumn } from '../../../proto/node-protocol/column-codec.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { Deadline } from '../../cluster/deadline.ts';
import { planRead } from '../reads/plan-read.ts';
import { readRows } from '../reads/read-rows.ts';
import { STRONG } from '../reads/resolve-guarantee.ts';
import type { RequestContext } from '../request-context.ts';
import { gatherBatch } from './gather-batch.ts';
import { sendRows } from './write-rows.ts';

/** Rows that were written between a read and its write are read anew so many times. */
const ATTEMPTS_MAX = 10;

export interface PartialRows {
  /** Undefined: by the partition key of each row. */
  readonly partitionId: number | undefined;
  /** Sent fields only; each key once. */
  readonly batch: ColumnBatch;
  /** By field id; a field that is not here is replaced. */
  readonly operations: ReadonlyMap<number, FieldOperation>;
}

/**
 * Writes rows of which only some fields were sent: the others are read from all nodes and written again. The writer refuses a row when an upsert or a delete of its key came in
 * between, and the row is then read anew: no acknowledged upsert or delete is lost, and each array operation takes place once. (A plain insert of a key that exists already is
 * not looked for.) A key that is not there is inserted. Resolves to the time of the last write.
 */
export async function partialUpsert(
  cluster: Cluster,
  context: RequestContext,
  collection: CollectionRecord,
  { partitionId, batch, operations }: PartialRows,
): Promise<Timestamp> {
  let pending = batch;
  let newest: Timestamp = 0n;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const { old, readTimestamp } = await readOld(cluster, context, collection, pending, operations);
    const whole = await completeRows(collection.schema, pending, old, operations);
    const every = Uint32Array.from({ length: whole.rowCount }, (_, row) => row);
    const parts =
      partitionId === undefined ? splitByPartition(collection, whole.columns) : [{ id: partitionId, rows: every }];
    const conflicts: number[] = [];
    await Promise.all(
      parts.map(async ({ id, rows }) => {
        const part = rows.length === whole.rowCount ? whole : gatherBatch(whole, rows);
        const response = await sendRows(cluster, context, collection, id, part, { upsert: true, readTimestamp });
        if (response.isConflict) conflicts.push(...rows);
        else if (response.timestamp > newest) newest = response.timestamp;
      }),
    );
    if (conflicts.length === 0) return newest;
    pending = gatherBatch(pending, Uint32Array.from(conflicts).sort());
  }
  throw new BraidError(
    'tooManyRequests',
    `${pending.rowCount} rows were changed by others each of the ${ATTEMPTS_MAX} times they were read: try again`,
  );
}

/** The stored rows of these keys, and up to when every write is in them. */
async function readOld(
  cluster: Cluster,
  context: RequestContext,
  collection: CollectionRecord,
  batch: ColumnBatch,
  operations: PartialRows['operations'],
): Promise<{ readonly old: OldRows; readonly readTimestamp: Timestamp }> {
  const { schema } = collection;
  const primary = primaryField(schema);
  const keys = batch.columns.get(primary.id)!;
  const isNeeded = (fieldId: number) => !batch.columns.has(fieldId) || operations.has(fieldId);
  const fields = schema.fields.filter(
    (field) => field !== primary && !functionOfOutput(schema, field.id) && (field.isDynamic || isNeeded(field.id)),
  );
  using deadline = new Deadline(context, cluster.clock);
  const target = await cluster.catalog.read((catalog) =>
    planRead(catalog, context.database, collection.name, [], 'parameterInvalid'),
  );
  const found = await readRows(
    cluster,
    {
      target,
      filter: undefined,
      templates: undefined,
      keys: keysOfColumn(keys),
      offset: 0,
      limit: 0,
      countOnly: false,
      ignoreGrowing: false,
      consistency: STRONG,
      fields,
    },
    { context, deadline, trace: context.trace, isRepeated: false },
  );
  return {
    old: { columns: new Map(fields.map(({ id }, i) => [id, found.columns[i]!])), rowOf: rowsOf(keys, found.keys) },
    readTimestamp: found.oldestTimestamp,
  };
}

function rowsOf(wanted: Column, found: Column): Int32Array {
  const places = new Map<PrimaryKey, number>();
  for (let row = 0; row < found.rowCount; row++) places.set(keyAt(found, row), row);
  return Int32Array.from({ length: wanted.rowCount }, (_, row) => places.get(keyAt(wanted, row)) ?? -1);
}
