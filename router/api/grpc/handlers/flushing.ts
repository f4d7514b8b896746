import { BraidError } from '../../../../core/errors.ts';
import {
  FlushAllResponse,
  FlushResponse,
  GetFlushAllStateResponse,
  GetFlushStateResponse,
} from '../../../../proto/generated/milvus/flush.ts';
import type { FlushedOutput } from '../../../operations/maintenance/flush.ts';
import type { FlushedDatabase } from '../../../operations/maintenance/flush-all.ts';
import type { Operations } from '../../../operations/operations.ts';
import type { RequestContext } from '../../../operations/request-context.ts';
import { SUCCESS } from '../codec/status.ts';
import type { Handlers } from '../milvus-rpc.ts';

export function flushHandlers(operations: Operations) {
  return {
    flush: async ({ collectionNames }, context) => {
      if (collectionNames.length === 0) throw new BraidError('parameterInvalid', 'no collection is named');
      const flushed = await operations.flush(context, { collections: collectionNames });
      return FlushResponse.create({
        status: SUCCESS,
        dbName: context.database,
        collSegIDs: new Map(flushed.map(({ collection }) => [collection, { data: [] }])),
        flushCollSegIDs: new Map(flushed.map((one) => [one.collection, segmentIds(one)])),
        collSealTimes: new Map(flushed.map(({ collection, sealTimeS }) => [collection, BigInt(sealTimeS)])),
        collFlushTs: new Map(flushed.map(({ collection, flushTimestamp }) => [collection, flushTimestamp])),
      });
    },

    getFlushState: async ({ collectionName, segmentIDs }, context) => {
      const flushed = await operations.flushState(context, {
        collection: collectionName,
        segmentIds: segmentIDs.map(Number),
      });
      return GetFlushStateResponse.create({ status: SUCCESS, flushed });
    },

    flushAll: async ({ dbName, flushTargets }, context) => {
      const wanted = flushTargets.length === 0 ? [{ dbName, collectionNames: [] }] : flushTargets;
      const parts = await Promise.all(
        wanted.map((target) =>
          target.collectionNames.length === 0
            ? operations.flushAll(context, { database: target.dbName })
            : flushNamed(operations, context, target.dbName, target.collectionNames),
        ),
      );
      return FlushAllResponse.create({
        status: SUCCESS,
        flushAllTs: parts.reduce((latest, { flushTimestamp }) => max(latest, flushTimestamp), 0n),
        flushResults: parts.flatMap(({ databases }) => databases.map(encodeDatabase)),
      });
    },

    getFlushAllState: async ({ flushAllTs }, context) => {
      const flushed = await operations.flushAllState(context, { flushTimestamp: flushAllTs });
      return GetFlushAllStateResponse.create({ status: SUCCESS, flushed });
    },
  } satisfies Handlers;
}

async function flushNamed(
  operations: Operations,
  context: RequestContext,
  databaseOrNone: string,
  collections: readonly string[],
): Promise<{ flushTimestamp: bigint; databases: readonly FlushedDatabase[] }> {
  const database = databaseOrNone === '' ? context.database : databaseOrNone;
  const flushed = await operations.flush({ ...context, database }, { collections });
  return {
    flushTimestamp: flushed.reduce((latest, one) => max(latest, one.flushTimestamp), 0n),
    databases: [{ database, collections: flushed }],
  };
}

function encodeDatabase({ database, collections }: FlushedDatabase) {
  return {
    dbName: database,
    collectionResults: collections.map((one) => ({
      collectionName: one.collection,
      segmentIds: { data: [] },
      flushSegmentIds: segmentIds(one),
      sealTime: BigInt(one.sealTimeS),
      flushTs: one.flushTimestamp,
    })),
  };
}

function segmentIds(flushed: FlushedOutput): { data: bigint[] } {
  return { data: flushed.segmentIds.map(BigInt) };
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
