import { BraidError } from '../../../../core/errors.ts';
import type { FunctionDraft } from '../../../../core/schema/validate-collection-schema.ts';
import {
  AlterCollectionSchemaResponse,
  TruncateCollectionResponse,
} from '../../../../proto/generated/milvus/collection_change.ts';
import type { FunctionSchema } from '../../../../proto/generated/milvus/function.ts';
import type { Operations } from '../../../operations/operations.ts';
import { decodeFieldSchema, functionDraft, structDraft } from '../codec/decode-schema.ts';
import { recordOf } from '../codec/key-values.ts';
import { SUCCESS } from '../codec/status.ts';
import type { Handlers } from '../milvus-rpc.ts';
import { resolveCollectionName } from '../resolve-collection-name.ts';
import { alterSchema } from './alter-schema.ts';

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

    addCollectionStructField: async ({ collectionName, collectionID, structArrayFieldSchema }, context) => {
      const collection = await resolveCollectionName(operations, context, collectionName, collectionID);
      if (!structArrayFieldSchema) throw new BraidError('parameterInvalid', 'struct array field schema is nil');
      await operations.addStruct(context, { collection, struct: structDraft(structArrayFieldSchema) });
      return SUCCESS;
    },

    addCollectionFunction: async ({ collectionName, collectionID, functionSchema }, context) => {
      const collection = await resolveCollectionName(operations, context, collectionName, collectionID);
      await operations.addFunction(context, { collection, definition: required(functionSchema) });
      return SUCCESS;
    },

    alterCollectionFunction: async ({ collectionName, collectionID, functionName, functionSchema }, context) => {
      const collection = await resolveCollectionName(operations, context, collectionName, collectionID);
      await operations.alterFunction(context, {
        collection,
        name: functionName,
        definition: required(functionSchema),
      });
      return SUCCESS;
    },

    dropCollectionFunction: async ({ collectionName, collectionID, functionName: name }, context) => {
      const collection = await resolveCollectionName(operations, context, collectionName, collectionID);
      await operations.dropFunction(context, { collection, name, dropOutput: false });
      return SUCCESS;
    },

    alterCollectionSchema: async ({ collectionName, collectionID, action }, context) => {
      const collection = await resolveCollectionName(operations, context, collectionName, collectionID);
      await alterSchema(operations, context, collection, action);
      return AlterCollectionSchemaResponse.create({ alterStatus: SUCCESS });
    },

    truncateCollection: async ({ collectionName }, context) => {
      await operations.truncateCollection(context, { name: collectionName });
      return TruncateCollectionResponse.create({ status: SUCCESS });
    },
  } satisfies Handlers;
}

function required(definition: FunctionSchema | undefined): FunctionDraft {
  if (!definition) throw new BraidError('parameterInvalid', 'function schema is empty');
  return functionDraft(definition);
}
