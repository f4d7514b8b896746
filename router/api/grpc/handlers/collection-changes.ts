import { TruncateCollectionResponse } from '../../../../proto/generated/milvus/collection_change.ts';
import type { Operations } from '../../../operations/operations.ts';
import { decodeFieldSchema } from '../codec/decode-schema.ts';
import { recordOf } from '../codec/key-values.ts';
import { SUCCESS } from '../codec/status.ts';
import type { Handlers } from '../milvus-rpc.ts';
import { resolveCollectionName } from '../resolve-collection-name.ts';

export function collectionChangeHandlers(operations: Operations) {
  return {
    renameCollection: async ({ oldName, newName, newDBName }, context) => {
      await operations.renameCollection(context, { name: oldName, newName, newDatabase: newDBName });
      return SUCCESS;
    },

    alterCollection: async ({ collectionName, collectionID, properties, deleteKeys }, context) => {
      const name = await resolveCollectionName(operations, context, collectionName, collectionID);
      await operations.alterCollection(context, { name, set: recordOf(properties), unset: deleteKeys });
      return SUCCESS;
    },

    alterCollectionField: async ({ collectionName, fieldName, properties, deleteKeys }, context) => {
      await operations.alterField(context, {
        collection: collectionName,
        field: fieldName,
        set: recordOf(properties),
        unset: deleteKeys,
      });
      return SUCCESS;
    },

    addCollectionField: async ({ collectionName, collectionID, schema }, context) => {
      const collection = await resolveCollectionName(operations, context, collectionName, collectionID);
      await operations.addField(context, { collection, field: decodeFieldSchema(schema) });
      return SUCCESS;
    },

    truncateCollection: async ({ collectionName }, context) => {
      await operations.truncateCollection(context, { name: collectionName });
      return TruncateCollectionResponse.create({ status: SUCCESS });
    },
  } satisfies Handlers;
}
