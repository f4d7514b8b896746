import { DescribeAliasResponse, ListAliasesResponse } from '../../../../proto/generated/milvus/alias.ts';
import type { Operations } from '../../../operations/operations.ts';
import { SUCCESS } from '../codec/status.ts';
import type { Handlers } from '../milvus-rpc.ts';

export function aliasHandlers(operations: Operations) {
  return {
    createAlias: async ({ collectionName, alias }, context) => {
      await operations.createAlias(context, { collection: collectionName, alias });
      return SUCCESS;
    },

    alterAlias: async ({ collectionName, alias }, context) => {
      await operations.alterAlias(context, { collection: collectionName, alias });
      return SUCCESS;
    },

    dropAlias: async ({ alias }, context) => {
      await operations.dropAlias(context, { alias });
      return SUCCESS;
    },

    describeAlias: async (request, context) => {
      const { alias, collection, database } = await operations.describeAlias(context, { alias: request.alias });
      return DescribeAliasResponse.create({ status: SUCCESS, dbName: database, alias, collection });
    },

    listAliases: async ({ collectionName }, context) => {
      const aliases = await operations.listAliases(context, { collection: collectionName });
      return ListAliasesResponse.create({
        status: SUCCESS,
        dbName: context.database,
        collectionName,
        aliases: [...aliases],
      });
    },
  } satisfies Handlers;
}
