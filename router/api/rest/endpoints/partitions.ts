import { CollectionBody, PartitionBody, PartitionsBody } from '../codec/bodies.ts';
import { answer, DONE, type Endpoint, endpoint } from '../endpoint.ts';

export const partitionEndpoints: readonly Endpoint[] = [
  endpoint('partitions/list', CollectionBody, async ({ collectionName }, { operations, context }) => {
    const input = { collection: collectionName, loadedOnly: false, names: [] };
    const listed = await operations.listPartitions(context, input);
    return answer(listed.map(({ partition }) => partition.name));
  }),

  endpoint('partitions/has', PartitionBody, async ({ collectionName, partitionName }, { operations, context }) => {
    const has = await operations.hasPartition(context, { collection: collectionName, partition: partitionName });
    return answer({ has });
  }),

  endpoint('partitions/get_stats', PartitionBody, async ({ collectionName, partitionName }, call) => {
    const input = { collection: collectionName, partition: partitionName };
    const { rowCount } = await call.operations.partitionStatistics(call.context, input);
    return answer({ rowCount });
  }),

  endpoint('partitions/create', PartitionBody, async ({ collectionName, partitionName }, { operations, context }) => {
    await operations.createPartition(context, { collection: collectionName, partition: partitionName });
    return DONE;
  }),

  endpoint('partitions/drop', PartitionBody, async ({ collectionName, partitionName }, { operations, context }) => {
    await operations.dropPartition(context, { collection: collectionName, partition: partitionName });
    return DONE;
  }),

  endpoint('partitions/load', PartitionsBody, async ({ collectionName, partitionNames }, { operations, context }) => {
    await operations.load(context, { collection: collectionName, partitions: partitionNames, replicaCount: 0 });
    return DONE;
  }),

  endpoint('partitions/release', PartitionsBody, async ({ collectionName, partitionNames }, call) => {
    await call.operations.release(call.context, { collection: collectionName, partitions: partitionNames });
    return DONE;
  }),
];
