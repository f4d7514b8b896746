import { BraidError } from '../../../../core/errors.ts';
import { CompactionState, SegmentLevel, SegmentState } from '../../../../proto/generated/milvus/common.ts';
import {
  GetCompactionPlansResponse,
  GetCompactionStateResponse,
  GetPersistentSegmentInfoResponse,
  GetQuerySegmentInfoResponse,
  GetReplicasResponse,
  ManualCompactionResponse,
} from '../../../../proto/generated/milvus/segment.ts';
import type { SegmentOutput } from '../../../operations/maintenance/segments.ts';
import type { Operations } from '../../../operations/operations.ts';
import type { ReplicaOutput } from '../../../operations/status/replicas.ts';
import { nodeNumber } from '../../node-number.ts';
import { SUCCESS } from '../codec/status.ts';
import type { Handlers } from '../milvus-rpc.ts';
import { resolveCollectionName } from '../resolve-collection-name.ts';

/** Segments, where they are, and their compaction. */
export function segmentHandlers(operations: Operations) {
  return {
    getPersistentSegmentInfo: async ({ collectionName }, context) => {
      const segments = await operations.segments(context, { collection: collectionName });
      return GetPersistentSegmentInfoResponse.create({
        status: SUCCESS,
        infos: segments.filter(({ state }) => state === 'sealed').map(encodeSegment),
      });
    },

    getQuerySegmentInfo: async ({ collectionName }, context) => {
      const segments = await operations.segments(context, { collection: collectionName });
      return GetQuerySegmentInfoResponse.create({
        status: SUCCESS,
        infos: segments
          .filter(({ nodeIds }) => nodeIds.length > 0)
          .map((segment) => ({
            ...encodeSegment(segment),
            memSize: BigInt(segment.memoryBytes),
            indexName: segment.index?.name ?? '',
            indexID: BigInt(segment.index?.id ?? 0),
            nodeID: nodeNumber(segment.nodeIds[0]!),
            nodeIds: segment.nodeIds.map(nodeNumber),
          })),
      });
    },

    getReplicas: async ({ collectionName, collectionID, withShardNodes }, context) => {
      const collection = await resolveCollectionName(operations, context, collectionName, collectionID);
      const replicas = await operations.replicas(context, { collection });
      return GetReplicasResponse.create({
        status: SUCCESS,
        replicas: replicas.map((replica) => ({
          replicaID: BigInt(replica.replicaId),
          collectionID: BigInt(replica.collectionId),
          partitionIds: replica.partitionIds.map(BigInt),
          nodeIds: replica.nodes.map(({ nodeId }) => nodeNumber(nodeId)),
          shardReplicas: withShardNodes ? replica.channels.map((channel) => shardOf(channel, replica)) : [],
          resourceGroupName: replica.resourceGroup,
        })),
      });
    },

    /** No process could keep to a move of single segments: each computes where they are. But a collection that is not there is said to be missing. */
    loadBalance: async ({ collectionName }, context) => {
      await operations.describeCollection(context, { name: collectionName });
      const message =
        'LoadBalance is not supported: which reader has which segment is computed; use resource groups, node.weight or the loadFactor of routing instead';
      throw new BraidError('notSupported', message);
    },

    /** Clustering and L0 compaction are the same here: what is worth rewriting is rewritten. */
    manualCompaction: async ({ collectionName, collectionID, targetSize, partitionId, segmentIds }, context) => {
      const collection = await resolveCollectionName(operations, context, collectionName, collectionID);
      const { jobId, planCount } = await operations.compact(context, {
        collection,
        targetSizeMb: Number(targetSize),
        partitionId: Number(partitionId),
        segmentIds: segmentIds.map(Number),
      });
      return ManualCompactionResponse.create({
        status: SUCCESS,
        compactionID: BigInt(jobId),
        compactionPlanCount: planCount,
      });
    },

    getCompactionState: async ({ compactionID }, context) => {
      const output = await operations.compactionState(context, { jobId: Number(compactionID) });
      return GetCompactionStateResponse.create({
        status: SUCCESS,
        state: output.done ? CompactionState.Completed : CompactionState.Executing,
        executingPlanNo: BigInt(output.executingCount),
        completedPlanNo: BigInt(output.completedCount),
        failedPlanNo: BigInt(output.failedCount),
      });
    },

    getCompactionStateWithPlans: async ({ compactionID }, context) => {
      const { done, merges } = await operations.compactionState(context, { jobId: Number(compactionID) });
      return GetCompactionPlansResponse.create({
        status: SUCCESS,
        state: done ? CompactionState.Completed : CompactionState.Executing,
        mergeInfos: merges.map(({ sourceIds, targetId }) => ({
          sources: sourceIds.map(BigInt),
          target: BigInt(targetId),
        })),
      });
    },
  } satisfies Handlers;
}

/** Every node of a replica answers for its part of every channel; the first one stands for the leader. */
function shardOf(channel: string, { nodes }: ReplicaOutput) {
  const [first] = nodes;
  return {
    leaderID: first ? nodeNumber(first.nodeId) : 0n,
    leaderAddr: first?.address ?? '',
    dmChannelName: channel,
    nodeIds: nodes.map(({ nodeId }) => nodeNumber(nodeId)),
  };
}

function encodeSegment(segment: SegmentOutput) {
  return {
    segmentID: BigInt(segment.segmentId),
    collectionID: BigInt(segment.collectionId),
    partitionID: BigInt(segment.partitionId),
    numRows: BigInt(segment.rowCount),
    state: segment.state === 'sealed' ? SegmentState.Flushed : SegmentState.Growing,
    level: SegmentLevel.L1,
    // Sealed segments have their rows in order of the primary key, by a permutation.
    isSorted: segment.state === 'sealed',
  };
}
