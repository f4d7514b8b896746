import Type from 'typebox';
import { Name, Settings } from '../codec/bodies.ts';
import { FieldBody, FunctionBody, fieldDraft, functionDraft, StructBody, structDraft } from '../codec/schema-body.ts';
import { textsOf } from '../codec/settings.ts';
import { DONE, type Endpoint, endpoint } from '../endpoint.ts';

/** Changes of the schema of a collection that is there. */
export const schemaChangeEndpoints: readonly Endpoint[] = [
  endpoint(
    'collections/fields/add',
    Type.Object({ collectionName: Name, schema: FieldBody }),
    async ({ collectionName, schema }, { operations, context }) => {
      await operations.addField(context, { collection: collectionName, field: fieldDraft(schema) });
      return DONE;
    },
  ),

  endpoint(
    'collections/fields/alter_properties',
    Type.Object({ collectionName: Name, fieldName: Name, fieldParams: Settings }),
    async ({ collectionName, fieldName, fieldParams }, { operations, context }) => {
      const set = textsOf(fieldParams);
      await operations.alterField(context, { collection: collectionName, field: fieldName, set, unset: [] });
      return DONE;
    },
  ),

  endpoint(
    'collections/fields/drop',
    Type.Object({ collectionName: Name, fieldName: Name }),
    async ({ collectionName, fieldName }, { operations, context }) => {
      await operations.dropField(context, { collection: collectionName, name: fieldName });
      return DONE;
    },
  ),

  endpoint(
    'collections/struct_fields/add',
    Type.Object({ collectionName: Name, schema: StructBody }),
    async ({ collectionName, schema }, { operations, context }) => {
      await operations.addStruct(context, { collection: collectionName, struct: structDraft(schema) });
      return DONE;
    },
  ),

  endpoint(
    'collections/add_function',
    Type.Object({ collectionName: Name, function: FunctionBody }),
    async ({ collectionName, function: body }, { operations, context }) => {
      await operations.addFunction(context, { collection: collectionName, definition: functionDraft(body) });
      return DONE;
    },
  ),

  endpoint(
    'collections/alter_function',
    Type.Object({ collectionName: Name, functionName: Name, function: FunctionBody }),
    async ({ collectionName, functionName, function: body }, { operations, context }) => {
      const definition = functionDraft(body);
      await operations.alterFunction(context, { collection: collectionName, name: functionName, definition });
      return DONE;
    },
  ),

  endpoint(
    'collections/drop_function',
    Type.Object({ collectionName: Name, functionName: Name }),
    async ({ collectionName, functionName }, { operations, context }) => {
      await operations.dropFunction(context, { collection: collectionName, name: functionName, dropOutput: false });
      return DONE;
    },
  ),
];
