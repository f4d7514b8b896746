import type { CollectionRecord } from '../../../core/catalog.ts';
import { BraidError } from '../../../core/errors.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';

/** Where rows go. */
export interface WriteTarget {
  readonly collection: CollectionRecord;
  /** Undefined: by the partition key of each row. */
  readonly partitionId: number | undefined;
}

/** Name of the partition that takes rows for which none is named. */
const DEFAULT_PARTITION = '_default';

export async function targetOfWrite(
  cluster: Cluster,
  context: RequestContext,
  input: { readonly collection: string; readonly partition: string; readonly schemaTimestamp: bigint },
): Promise<WriteTarget> {
  const resolve = (): Promise<WriteTarget> =>
    cluster.catalog.read((catalog) => {
      const collection = catalog.collection(context.database, input.collection);
      if (!collection.schema.fields.some((field) => field.isPartitionKey)) {
        const [partition] = catalog.partitions(collection, [input.partition || DEFAULT_PARTITION]);
        return { collection, partitionId: partition!.id };
      }
      if (input.partition === '') return { collection, partitionId: undefined };
      throw new BraidError(
        'parameterInvalid',
        'not support manually specifying the partition names if partition key mode is used',
      );
    });
  const target = await resolve();
  if (input.schemaTimestamp <= target.collection.updatedTimestamp) return target;
  // The client has seen a newer schema than this router.
  await cluster.catalog.refresh().catch(() => {});
  return resolve();
}

/**
 * Does a write whose columns are checked against the schema. When they do not fit and the client's schema is older than the collection's, the error is `schemaMismatch`: SDKs
 * then read the schema again and repeat the write once. When the writer knows a newer schema than this router, the catalog is read and the write repeated here.
 */
export async function writeWithSchema<Output>(
  cluster: Cluster,
  context: RequestContext,
  input: { readonly collection: string; readonly partition: string; readonly schemaTimestamp: bigint },
  write: (target: WriteTarget) => Promise<Output>,
): Promise<Output> {
  const target = await targetOfWrite(cluster, context, input);
  try {
    return await write(target);
  } catch (error) {
    if (!(error instanceof BraidError)) throw error;
    if (error.kind === 'schemaMismatch') {
      await cluster.catalog.refresh().catch(() => {});
      return write(await targetOfWrite(cluster, context, input));
    }
    const isOldSchema = input.schemaTimestamp > 0n && input.schemaTimestamp < target.collection.updatedTimestamp;
    if (error.kind !== 'parameterInvalid' || !isOldSchema) throw error;
    throw new BraidError(
      'schemaMismatch',
      `collection schema mismatch[collection=${target.collection.name}]: ${error.message}`,
      { cause: error },
    );
  }
}
