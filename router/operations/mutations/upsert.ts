import type { Column, ColumnBatch, PrimaryKey } from '../../../core/columns/column.ts';
import { gatherColumn } from '../../../core/columns/column-operations.ts';
import { BraidError } from '../../../core/errors.ts';
import type { InputColumn } from '../../../core/rows/input-column.ts';
import { validateRows } from '../../../core/rows/validate-rows.ts';
import { primaryField } from '../../../core/schema/collection-schema.ts';
import { keysOfColumn } from '../../../proto/node-protocol/column-codec.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';
import type { MutationOutput } from './mutation-output.ts';
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
  /** Columns that were not sent keep their values. Not supported yet: refused. */
  readonly partialUpdate: boolean;
}

/**
 * Replaces the rows with the same keys, in whatever partition they are. The keys are given also where the collection makes its own (autoID), and are kept. A key that occurs more
 * than once in the request counts with its last row.
 */
export async function upsert(cluster: Cluster, context: RequestContext, input: UpsertInput): Promise<MutationOutput> {
  if (input.partialUpdate) throw new BraidError('notSupported', 'partial_update is not supported by this server yet');
  return writeWithSchema(cluster, context, input, async ({ collection, partitionId }) => {
    const primary = primaryField(collection.schema);
    const batch = await validateRows(collection.schema, {
      ...input,
      givesAutoId: true,
      timezone: collection.properties['timezone'],
    });
    const keys = batch.columns.get(primary.id);
    if (!keys) throw new BraidError('parameterInvalid', `must assign pk when upsert, field name: ${primary.name}`);
    const rows = lastRowPerKey(keys);
    const distinct = rows.length === batch.rowCount ? batch : gatherBatch(batch, rows);
    const { timestamp } = await writeRows(cluster, context, collection, partitionId, distinct, true);
    return { keys: keysOfColumn(keys), rowCount: batch.rowCount, timestamp };
  });
}

/** Rows in their order, without those whose key comes again later. */
function lastRowPerKey(keys: Column): Uint32Array {
  const list = keysOfColumn(keys);
  const last = new Map<PrimaryKey, number>();
  for (let row = 0; row < list.length; row++) last.set(list[row]!, row);
  return Uint32Array.from(last.values()).sort();
}

function gatherBatch(batch: ColumnBatch, rows: Uint32Array): ColumnBatch {
  const columns = new Map(Array.from(batch.columns, ([fieldId, column]) => [fieldId, gatherColumn(column, rows)]));
  return { rowCount: rows.length, columns };
}
