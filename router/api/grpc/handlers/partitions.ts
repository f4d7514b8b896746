import { physicalMs } from '../../../../core/timestamps.ts';
import { BoolResponse, ShowType } from '../../../../proto/generated/milvus/collection.ts';
import {
  GetPartitionStatisticsResponse,
  ShowPartitionsResponse,
} from '../../../../proto/generated/milvus/partition.ts';
import type { Operations } from '../../../operations/operations.ts';
import { SUCCESS } from '../codec/status.ts';
import type { Handlers } from '../milvus-rpc.ts';
import { resolveCollectionName } from '../resolve-collection-name.ts';

export function partitionHandlers(operations: Operations) {
  return {
    createPartition: async ({ collectionName, partitionName }, context) => {
      await operations.createPartition(context, { collection: collectionName, partition: partitionName });
      return SUCCESS;
    },

    dropPartition: async ({ collectionName, partitionName }, context) => {
      await operations.dropPartition(context, { collection: collectionName, partition: partitionName });
      return SUCCESS;
    },

    hasPartition: async ({ collectionName, partitionName }, context) => {
      const value = await operations.hasPartition(context, { collection: collectionName, partition: partitionName });
      return BoolResponse.create({ status: SUCCESS, value });
    },

    showPartitions: async ({ collectionName, collectionID, partitionNames, type }, context) => {
      const collection = await resolveCollectionName(operations, context, collectionName, collectionID);
      const loadedOnly = type === ShowType.InMemory;
      const listed = await operations.listPartitions(context, { collection, loadedOnly, names: partitionNames });
      const created = listed.map(({ partition }) => partition.createdTimestamp);
      return ShowPartitionsResponse.create({
        status: SUCCESS,
        partitionNames: listed.map(({ partition }) => partition.name),
        partitionIDs: listed.map(({ partition }) => BigInt(partition.id)),
        createdTimestamps: created,
        createdUtcTimestamps: created.map((timestamp) => BigInt(physicalMs(timestamp))),
        inMemoryPercentages: listed.map(({ loadedPercent }) => BigInt(loadedPercent)),
      });
    },

    getPartitionStatistics: async ({ collectionName, partitionName }, context) => {
      const { rowCount } = await operations.partitionStatistics(context, {
        collection: collectionName,
        partition: partitionName,
      });
      return GetPartitionStatisticsResponse.create({
        status: SUCCESS,
        stats: [{ key: 'row_count', value: String(rowCount) }],
      });
    },
  } satisfies Handlers;
}
