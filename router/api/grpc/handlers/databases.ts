import { DescribeDatabaseResponse, ListDatabasesResponse } from '../../../../proto/generated/milvus/database.ts';
import type { Operations } from '../../../operations/operations.ts';
import { pairsOf, recordOf } from '../codec/key-values.ts';
import { SUCCESS } from '../codec/status.ts';
import type { Handlers } from '../milvus-rpc.ts';

export function databaseHandlers(operations: Operations) {
  return {
    createDatabase: async ({ dbName, properties }, context) => {
      await operations.createDatabase(context, { name: dbName, properties: recordOf(properties) });
      return SUCCESS;
    },

    dropDatabase: async ({ dbName }, context) => {
      await operations.dropDatabase(context, { name: dbName });
      return SUCCESS;
    },

    listDatabases: async (_request, context) => {
      const { databases } = await operations.listDatabases(context);
      return ListDatabasesResponse.create({
        status: SUCCESS,
        dbNames: databases.map(({ name }) => name),
        createdTimestamp: databases.map(({ createdTimestamp }) => createdTimestamp),
        dbIds: databases.map(({ id }) => BigInt(id)),
      });
    },

    describeDatabase: async (_request, context) => {
      const { id, name, createdTimestamp, properties } = await operations.describeDatabase(context, {
        name: context.database,
      });
      return DescribeDatabaseResponse.create({
        status: SUCCESS,
        dbName: name,
        dbID: BigInt(id),
        createdTimestamp,
        properties: pairsOf(properties),
      });
    },

    alterDatabase: async ({ properties, deleteKeys }, context) => {
      const name = context.database;
      await operations.alterDatabase(context, { name, set: recordOf(properties), unset: deleteKeys });
      return SUCCESS;
    },
  } satisfies Handlers;
}
