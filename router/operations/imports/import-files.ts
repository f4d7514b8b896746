import { BraidError } from '../../../core/errors.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { targetOfWrite } from '../mutations/target-of-write.ts';
import type { RequestContext } from '../request-context.ts';

export interface ImportFilesInput {
  readonly collection: string;
  /** Empty: `_default`, or by the partition key. */
  readonly partition: string;
  /** Each entry names the files of one set of rows; a row-based file stands alone. Paths below the root of the storage. */
  readonly files: readonly (readonly string[])[];
  readonly options: Readonly<Record<string, string>>;
}

/** Begins a bulk import; resolves to the id of its job. What is wrong with a file shows in the state of the job. */
export async function importFiles(cluster: Cluster, context: RequestContext, input: ImportFilesInput): Promise<number> {
  const { collection, partition } = input;
  const { collection: record, partitionId } = await targetOfWrite(cluster, context, {
    collection,
    partition,
    schemaTimestamp: 0n,
  });
  const columnFile = input.files.flat().find((path) => /\.npy$/i.test(path));
  if (columnFile !== undefined) {
    throw new BraidError('notSupported', `importing NumPy files is not supported by this server: ${columnFile}`);
  }
  return cluster.writer.importFiles(context, {
    collectionId: record.id,
    partitionId: partitionId ?? 0,
    files: input.files.flat(),
    options: new Map(Object.entries(input.options)),
  });
}
