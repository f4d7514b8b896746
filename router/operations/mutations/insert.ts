import type { InputColumn } from '../../../core/rows/input-column.ts';
import { validateRows } from '../../../core/rows/validate-rows.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';
import type { MutationOutput } from './mutation-output.ts';
import { writeWithSchema } from './target-of-write.ts';
import { writeRows } from './write-rows.ts';

export interface InsertInput {
  readonly collection: string;
  /** Empty: `_default`, or by the partition key. */
  readonly partition: string;
  /** Decides: a column with another number of rows is an error. */
  readonly rowCount: number;
  readonly columns: readonly InputColumn[];
  /** `update_timestamp` of the schema the client wrote by; 0: not said. An old one with columns that do not fit is `schemaMismatch`. */
  readonly schemaTimestamp: bigint;
}

/** Keys that exist already are accepted: reads show the newest row of a key. */
export async function insert(cluster: Cluster, context: RequestContext, input: InsertInput): Promise<MutationOutput> {
  return writeWithSchema(cluster, context, input, async ({ collection, partitionId }) => {
    const givesAutoId = collection.properties['allow_insert_auto_id']?.toLowerCase() === 'true';
    const batch = await validateRows(collection.schema, {
      ...input,
      givesAutoId,
      timezone: collection.properties['timezone'],
    });
    return writeRows(cluster, context, collection, partitionId, batch, false);
  });
}
