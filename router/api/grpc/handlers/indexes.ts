import { IndexState } from '../../../../proto/generated/milvus/common.ts';
import {
  DescribeIndexResponse,
  GetIndexBuildProgressResponse,
  GetIndexStateResponse,
  GetIndexStatisticsResponse,
  IndexDescription,
} from '../../../../proto/generated/milvus/index.ts';
import type { DescribedIndex } from '../../../operations/indexes/describe-index.ts';
import type { Operations } from '../../../operations/operations.ts';
import { pairsOf, recordOf } from '../codec/key-values.ts';
import { SUCCESS } from '../codec/status.ts';
import type { Handlers } from '../milvus-rpc.ts';

export function indexHandlers(operations: Operations) {
  return {
    createIndex: async ({ collectionName, fieldName, indexName, extraParams }, context) => {
      await operations.createIndex(context, {
        collection: collectionName,
        field: fieldName,
        indexName,
        params: recordOf(extraParams),
      });
      return SUCCESS;
    },

    alterIndex: async ({ collectionName, indexName, extraParams, deleteKeys }, context) => {
      await operations.alterIndex(context, {
        collection: collectionName,
        indexName,
        set: recordOf(extraParams),
        unset: deleteKeys,
      });
      return SUCCESS;
    },

    dropIndex: async ({ collectionName, fieldName, indexName }, context) => {
      await operations.dropIndex(context, { collection: collectionName, field: fieldName, indexName });
      return SUCCESS;
    },

    describeIndex: async ({ collectionName, fieldName, indexName }, context) => {
      const found = await operations.describeIndex(context, {
        collection: collectionName,
        field: fieldName,
        indexName,
      });
      return DescribeIndexResponse.create({ status: SUCCESS, indexDescriptions: found.map(encodeIndex) });
    },

    getIndexStatistics: async ({ collectionName, indexName }, context) => {
      const found = await operations.describeIndex(context, { collection: collectionName, field: '', indexName });
      return GetIndexStatisticsResponse.create({ status: SUCCESS, indexDescriptions: found.map(encodeIndex) });
    },

    getIndexState: async ({ collectionName, fieldName, indexName }, context) => {
      const found = await operations.describeIndex(context, {
        collection: collectionName,
        field: fieldName,
        indexName,
      });
      const worst = found.find(({ state }) => state === 'failed') ?? found.find(({ state }) => state === 'inProgress');
      return GetIndexStateResponse.create({
        status: SUCCESS,
        state: STATES[worst?.state ?? 'finished'],
        failReason: worst?.failedReason ?? '',
      });
    },

    getIndexBuildProgress: async ({ collectionName, fieldName, indexName }, context) => {
      const found = await operations.describeIndex(context, {
        collection: collectionName,
        field: fieldName,
        indexName,
      });
      return GetIndexBuildProgressResponse.create({
        status: SUCCESS,
        indexedRows: BigInt(found.reduce((sum, { indexedRowCount }) => sum + indexedRowCount, 0)),
        totalRows: BigInt(found.reduce((sum, { totalRowCount }) => sum + totalRowCount, 0)),
      });
    },
  } satisfies Handlers;
}

const STATES = {
  finished: IndexState.Finished,
  inProgress: IndexState.InProgress,
  failed: IndexState.Failed,
} as const;

function encodeIndex(described: DescribedIndex): IndexDescription {
  return IndexDescription.create({
    indexName: described.index.name,
    indexID: BigInt(described.index.id),
    params: pairsOf(described.params),
    fieldName: described.fieldName,
    indexedRows: BigInt(described.indexedRowCount),
    totalRows: BigInt(described.totalRowCount),
    state: STATES[described.state],
    indexStateFailReason: described.failedReason,
    pendingIndexRows: BigInt(described.pendingRowCount),
  });
}
