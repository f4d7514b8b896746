import { BraidError } from '../../../../core/errors.ts';
import { GetLoadingProgressResponse, GetLoadStateResponse } from '../../../../proto/generated/milvus/load.ts';
import type { Operations } from '../../../operations/operations.ts';
import { SUCCESS } from '../codec/status.ts';
import type { Handlers } from '../milvus-rpc.ts';

export function loadingHandlers(operations: Operations) {
  return {
    loadCollection: async (request, context) => {
      await operations.load(context, {
        collection: request.collectionName,
        partitions: [],
        replicaCount: request.replicaNumber,
        resourceGroups: request.resourceGroups,
        refresh: request.refresh,
        fields: request.loadFields,
        skipDynamicField: request.skipLoadDynamicField,
      });
      return SUCCESS;
    },

    loadPartitions: async (request, context) => {
      await operations.load(context, {
        collection: request.collectionName,
        partitions: atLeastOne(request.partitionNames),
        replicaCount: request.replicaNumber,
        resourceGroups: request.resourceGroups,
        refresh: request.refresh,
        fields: request.loadFields,
        skipDynamicField: request.skipLoadDynamicField,
      });
      return SUCCESS;
    },

    releaseCollection: async ({ collectionName }, context) => {
      await operations.release(context, { collection: collectionName, partitions: [] });
      return SUCCESS;
    },

    releasePartitions: async ({ collectionName, partitionNames }, context) => {
      await operations.release(context, { collection: collectionName, partitions: atLeastOne(partitionNames) });
      return SUCCESS;
    },

    getLoadingProgress: async ({ collectionName, partitionNames }, context) => {
      const progress = await operations.loadingProgress(context, {
        collection: collectionName,
        partitions: partitionNames,
      });
      return GetLoadingProgressResponse.create({
        status: SUCCESS,
        progress: BigInt(Math.floor(progress)),
        refreshProgress: BigInt(Math.floor(progress)),
      });
    },

    getLoadState: async ({ collectionName, partitionNames }, context) => {
      const { state } = await operations.loadState(context, { collection: collectionName, partitions: partitionNames });
      return GetLoadStateResponse.create({ status: SUCCESS, state });
    },
  } satisfies Handlers;
}

/** To the operations no name means the whole collection. */
function atLeastOne(partitionNames: readonly string[]): readonly string[] {
  if (partitionNames.length > 0) return partitionNames;
  throw new BraidError('parameterInvalid', 'no partition is named');
}
