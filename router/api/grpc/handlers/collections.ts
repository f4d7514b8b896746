import type { ConsistencyLevel } from '../../../../core/catalog.ts';
import { BraidError, toBraidError } from '../../../../core/errors.ts';
import { physicalMs } from '../../../../core/timestamps.ts';
import {
  BatchDescribeCollectionResponse,
  BoolResponse,
  DescribeCollectionResponse,
  GetCollectionStatisticsResponse,
  ShowCollectionsResponse,
  ShowType,
} from '../../../../proto/generated/milvus/collection.ts';
import type { DescribeCollectionInput } from '../../../operations/collections/describe-collection.ts';
import type { Operations } from '../../../operations/operations.ts';
import type { RequestContext } from '../../../operations/request-context.ts';
import { decodeCollectionSchema } from '../codec/decode-schema.ts';
import { encodeDescription } from '../codec/encode-schema.ts';
import { recordOf } from '../codec/key-values.ts';
import { encodeStatus, SUCCESS } from '../codec/status.ts';
import type { Handlers } from '../milvus-rpc.ts';

/** Creating, finding and describing collections. */
export function collectionHandlers(operations: Operations) {
  return {
    createCollection: async (request, context) => {
      await operations.createCollection(context, {
        schema: decodeCollectionSchema(request.schema, request.collectionName),
        consistencyLevel: request.consistencyLevel as ConsistencyLevel,
        shardsCount: request.shardsNum,
        partitionsCount: Number(request.numPartitions),
        properties: recordOf(request.properties),
      });
      return SUCCESS;
    },

    dropCollection: async ({ collectionName }, context) => {
      await operations.dropCollection(context, { name: collectionName });
      return SUCCESS;
    },

    hasCollection: async ({ collectionName }, context) => {
      const value = await operations.hasCollection(context, { name: collectionName });
      return BoolResponse.create({ status: SUCCESS, value });
    },

    describeCollection: async ({ collectionName, collectionID }, context) =>
      encodeDescription(
        await operations.describeCollection(context, { name: collectionName, id: Number(collectionID) }),
      ),

    batchDescribeCollection: async (request, context) => {
      const inputs: DescribeCollectionInput[] = [
        ...request.collectionName.map((name) => ({ name })),
        ...request.collectionID.map((id) => ({ name: '', id: Number(id) })),
      ];
      if (inputs.length === 0) throw new BraidError('parameterInvalid', 'no collection names or ids to describe');
      const responses = await Promise.all(inputs.map((input) => describeOrFail(operations, context, input)));
      return BatchDescribeCollectionResponse.create({ status: SUCCESS, responses });
    },

    showCollections: async ({ type, collectionNames }, context) => {
      const loadedOnly = type === ShowType.InMemory;
      const listed = await operations.listCollections(context, { loadedOnly, names: collectionNames });
      const records = listed.map(({ collection }) => collection);
      return ShowCollectionsResponse.create({
        status: SUCCESS,
        collectionNames: records.map(({ name }) => name),
        collectionIds: records.map(({ id }) => BigInt(id)),
        createdTimestamps: records.map(({ createdTimestamp }) => createdTimestamp),
        createdUtcTimestamps: records.map(({ createdTimestamp }) => BigInt(physicalMs(createdTimestamp))),
        inMemoryPercentages: listed.map(({ loadedPercent }) => BigInt(loadedPercent)),
        queryServiceAvailable: listed.map(({ queryable }) => queryable),
        shardsNum: records.map(({ shardsCount }) => shardsCount),
      });
    },

    getCollectionStatistics: async ({ collectionName }, context) => {
      const { rowCount } = await operations.collectionStatistics(context, { name: collectionName });
      return GetCollectionStatisticsResponse.create({
        status: SUCCESS,
        stats: [{ key: 'row_count', value: String(rowCount) }],
      });
    },
  } satisfies Handlers;
}

/** In a batch every collection has a status of its own. */
async function describeOrFail(
  operations: Operations,
  context: RequestContext,
  input: DescribeCollectionInput,
): Promise<DescribeCollectionResponse> {
  try {
    return encodeDescription(await operations.describeCollection(context, input));
  } catch (thrown) {
    const status = encodeStatus(toBraidError(thrown));
    return DescribeCollectionResponse.create({ status, collectionName: input.name });
  }
}
