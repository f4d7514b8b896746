import type { Column, PrimaryKey } from '../../../core/columns/column.ts';
import { BraidError } from '../../../core/errors.ts';
import type { FieldOperation } from '../../../core/rows/array-operations.ts';
import type { InputColumn } from '../../../core/rows/input-column.ts';
import { validateRows } from '../../../core/rows/validate-rows.ts';
import {
  type CollectionSchema,
  fieldByName,
  primaryField,
  structOfField,
} from '../../../core/schema/collection-schema.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { keysOfColumn } from '../../../proto/node-protocol/column-codec.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';
import { gatherBatch } from './gather-batch.ts';
import type { MutationOutput } from './mutation-output.ts';
import { partialUpsert } from './partial-upsert.ts';
import { writeWithSchema } from './target-of-write.ts';
import { writeRows } from './write-rows.ts';

export interface UpsertInput {
  readonly collection: string;
  /** Empty: `_default`, or by the partition key. */
  readonly partition: string;
  /** Decides: a column with another number of rows is an error. */
  readonly rowCount: number;
  readonly columns: readonly InputColumn[];
  /** `update_timestamp` of the schema the client wrote by; 0: not said. An old one with columns that do not fit is `schemaMismatch`. */
  readonly schemaTimestamp: bigint;
  /** Fields that were not sent keep their values. */
  readonly partialUpdate: boolean;
  /** By the name of the field; makes the upsert a partial one. */
  readonly fieldOperations: ReadonlyMap<string, FieldOperation>;
}

/**
 * Replaces the rows with the same keys, in whatever partition they are. The keys are given also where the collection makes its own (autoID), and are kept. A key that occurs more
 * than once in the request counts with its last row. A partial upsert keeps the fields that are not sent.
 */
export async function upsert(cluster: Cluster, context: RequestContext, input: UpsertInput): Promise<MutationOutput> {
  return writeWithSchema(cluster, context, input, async ({ collection, partitionId }) => {
    const primary = primaryField(collection.schema);
    const isPartial = input.partialUpdate || input.fieldOperations.size > 0;
    const rowsToCheck = { ...input, givesAutoId: true, isPartial, timezone: collection.properties['timezone'] };
    const batch = await validateRows(collection.schema, rowsToCheck);
    const keys = batch.columns.get(primary.id);
    if (!keys) throw new BraidError('parameterInvalid', `must assign pk when upsert, field name: ${primary.name}`);
    const rows = lastRowPerKey(keys);
    const distinct = rows.length === batch.rowCount ? batch : gatherBatch(batch, rows);
    if (isPartial) {
      const operations = operationsById(collection.schema, input.fieldOperations);
      const partial = { partitionId, batch: distinct, operations };
      const timestamp = await partialUpsert(cluster, context, collection, partial);
      return { keys: keysOfColumn(keys), rowCount: batch.rowCount, timestamp };
    }
    const { timestamp } = await writeRows(cluster, context, collection, partitionId, distinct, true);
    return { keys: keysOfColumn(keys), rowCount: batch.rowCount, timestamp };
  });
}

function operationsById(
  schema: CollectionSchema,
  operations: UpsertInput['fieldOperations'],
): ReadonlyMap<number, FieldOperation> {
  const byId = new Map<number, FieldOperation>();
  for (const [name, operation] of operations) {
    const field = fieldByName(schema, name);
    if (!field) throw new BraidError('parameterInvalid', `field_ops: field ${name} not found`);
    if (operation === 'replace') continue;
    if (field.dataType !== DataType.Array || structOfField(schema, field.id)) {
      throw new BraidError('parameterInvalid', `field_ops: ${operation} needs an Array field, ${name} is none`);
    }
    byId.set(field.id, operation);
  }
  return byId;
}

/** Rows in their order, without those whose key comes again later. */
function lastRowPerKey(keys: Column): Uint32Array {
  const list = keysOfColumn(keys);
  const last = new Map<PrimaryKey, number>();
  for (let row = 0; row < list.length; row++) last.set(list[row]!, row);
  return Uint32Array.from(last.values()).sort();
}
