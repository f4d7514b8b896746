import type { CollectionRecord } from '../../../core/catalog.ts';
import { BraidError } from '../../../core/errors.ts';
import type { Filter, TemplateValue } from '../../../core/filter/filter.ts';
import type { KeyList } from '../../../core/merge/merge-hits.ts';
import { encodeKeys, keyListFrom, keysOfColumn } from '../../../proto/node-protocol/column-codec.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { Deadline } from '../../cluster/deadline.ts';
import { planRead } from '../reads/plan-read.ts';
import { readRows } from '../reads/read-rows.ts';
import { readTwice } from '../reads/read-twice.ts';
import { STRONG } from '../reads/resolve-guarantee.ts';
import { zoneOfRead } from '../reads/zone-of-read.ts';
import type { RequestContext } from '../request-context.ts';
import type { MutationOutput } from './mutation-output.ts';

export interface DeleteRowsInput {
  readonly collection: string;
  /** Empty: in all partitions. */
  readonly partition: string;
  readonly filter: string;
  readonly templates: ReadonlyMap<string, TemplateValue> | undefined;
}

/**
 * A filter that only names keys goes straight to the writer (`rowCount` is then the number of keys). Any other is first a query with Strong consistency on all nodes;
 * if one of them does not answer, nothing is deleted. Many keys go in several writes, of which a failure in between leaves the first ones done.
 */
export async function deleteRows(
  cluster: Cluster,
  context: RequestContext,
  input: DeleteRowsInput,
): Promise<MutationOutput> {
  if (input.filter.trim() === '')
    throw new BraidError('parameterInvalid', `delete plan can't be empty or always true : ${input.filter}`);
  const plan = await cluster.catalog.read((catalog) => {
    const collection = catalog.collection(context.database, input.collection);
    if (input.partition !== '' && collection.schema.fields.some((field) => field.isPartitionKey)) {
      throw new BraidError(
        'parameterInvalid',
        'not support manually specifying the partition names if partition key mode is used',
      );
    }
    const partitionIds = (input.partition === '' ? [] : catalog.partitions(collection, [input.partition])).map(
      (partition) => partition.id,
    );
    const filter = compile(cluster, collection, input);
    // What needs a search needs the collection loaded.
    if (!filter.primaryKeys)
      planRead(
        catalog,
        context.database,
        input.collection,
        input.partition === '' ? [] : [input.partition],
        'parameterInvalid',
      );
    return { collection, partitionIds, keys: filter.primaryKeys };
  });
  const keys = plan.keys ? keyListFrom(plan.keys) : await findKeys(cluster, context, input);
  return deleteKeys(cluster, context, plan.collection.id, plan.partitionIds, keys);
}

/** Keys of all rows that pass the filter now. */
async function findKeys(cluster: Cluster, context: RequestContext, input: DeleteRowsInput): Promise<KeyList> {
  using deadline = new Deadline(context, cluster.clock);
  return readTwice(cluster, (catalog, isRepeated) => {
    const partitions = input.partition === '' ? [] : [input.partition];
    const target = planRead(catalog, context.database, input.collection, partitions, 'parameterInvalid');
    const filter = compile(cluster, target.collection, input);
    const request = { target, filter, templates: input.templates, keys: undefined, ...EVERYTHING, consistency: STRONG };
    const answer = async (): Promise<KeyList> => {
      const found = await readRows(cluster, request, { context, deadline, trace: context.trace, isRepeated });
      return keysOfColumn(found.keys);
    };
    return { collectionId: target.collection.id, answer };
  });
}

const EVERYTHING = { offset: 0, limit: 0, countOnly: false, ignoreGrowing: false, fields: [] };

async function deleteKeys(
  cluster: Cluster,
  context: RequestContext,
  collectionId: number,
  partitionIds: number[],
  keys: KeyList,
): Promise<MutationOutput> {
  let timestamp = 0n;
  const { deleteKeysMax } = cluster.limits;
  for (let from = 0; from < keys.length; from += deleteKeysMax) {
    const part = encodeKeys(keys.slice(from, from + deleteKeysMax));
    ({ timestamp } = await cluster.writer.delete(context, {
      context: undefined,
      collectionId,
      partitionIds,
      keys: part,
    }));
  }
  // Nothing to delete: the answer still carries a time that a session may wait for.
  if (keys.length === 0) timestamp = (await cluster.writer.timestamp(context, collectionId)).now;
  return { keys, rowCount: keys.length, timestamp };
}

function compile(cluster: Cluster, collection: CollectionRecord, { filter, templates }: DeleteRowsInput): Filter {
  return cluster.filters.compile(filter, collection.id, collection.schema, templates, zoneOfRead(collection));
}
