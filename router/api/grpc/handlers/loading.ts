import { BraidError } from '../../../../core/errors.ts';
import { GetLoadingProgressResponse, GetLoadStateResponse } from '../../../../proto/generated/milvus/load.ts';
import type { Operations } from '../../../operations/operations.ts';
import { SUCCESS } from '../codec/status.ts';
import type { Handlers } from '../milvus-rpc.ts';

/** Which fields to load, and into which resource group, is not ours to choose: everything is loaded, by the readers there are. */
export function loadingHandlers(operations: Operations) {
  return {
    loadCollection: async ({ collectionName, replicaNumber }, context) => {
      await operations.load(context, { collection: collectionName, partitions: [], replicaCount: replicaNumber });
      return SUCCESS;
    },

    loadPartitions: async ({ collectionName, partitionNames, replicaNumber }, context) => {
      await operations.load(context, {
        collection: collectionName,
        partitions: atLeastOne(partitionNames),
        replicaCount: replicaNumber,
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
        refreshProgress: 100n,
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
