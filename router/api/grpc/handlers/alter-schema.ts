import { BraidError } from '../../../../core/errors.ts';
import type { AlterCollectionSchemaRequest_Action as Action } from '../../../../proto/generated/milvus/collection_change.ts';
import type { Operations } from '../../../operations/operations.ts';
import type { RequestContext } from '../../../operations/request-context.ts';
import { fieldDraft, functionDraft } from '../codec/decode-schema.ts';
import { recordOf } from '../codec/key-values.ts';

/**
 * AlterCollectionSchema (Milvus 3): one call to add a field, a function, or a function with its output field and an index of that; or to drop a field or a function. At most one of each, as in
 * Milvus (internal/util/schemautil). Whether old rows are to be filled is not asked: they always are.
 */
export async function alterSchema(
  operations: Operations,
  context: RequestContext,
  collection: string,
  action: Action | undefined,
): Promise<void> {
  switch (action?.op?.$case) {
    case 'addRequest':
      return add(operations, context, collection, action.op.value);
    case 'dropRequest':
      return drop(operations, context, collection, action.op.value);
    default:
      throw invalid('action is nil: it must add or drop something');
  }
}

type Op = NonNullable<Action['op']>;
type AddRequest = Extract<Op, { $case: 'addRequest' }>['value'];
type DropRequest = Extract<Op, { $case: 'dropRequest' }>['value'];

async function add(
  operations: Operations,
  context: RequestContext,
  collection: string,
  { fieldInfos, funcSchema }: AddRequest,
): Promise<void> {
  if (funcSchema.length > 1) throw invalid('For now, at most one function schema is supported');
  if (fieldInfos.length > 1) throw invalid('For now, only one field info is supported');
  const [info] = fieldInfos;
  const [definition] = funcSchema;
  if (info && !info.fieldSchema) throw invalid('fieldSchema is nil in fieldInfos');
  const field = info?.fieldSchema && fieldDraft(info.fieldSchema);
  if (definition) {
    const index = info && { name: info.indexName, params: recordOf(info.extraParams) };
    await operations.addFunction(context, {
      collection,
      definition: functionDraft(definition),
      ...(field && { field }),
      ...(index && { index }),
    });
  } else if (field) await operations.addField(context, { collection, field });
  else throw invalid('fieldInfos and function schema are both empty');
}

async function drop(
  operations: Operations,
  context: RequestContext,
  collection: string,
  { identifier, dropFunctionOutputFields: dropOutput }: DropRequest,
): Promise<void> {
  switch (identifier?.$case) {
    case 'functionName':
      return operations.dropFunction(context, { collection, name: identifier.value, dropOutput });
    case 'fieldName':
      return operations.dropField(context, { collection, name: identifier.value });
    case 'fieldId':
      return operations.dropField(context, { collection, name: '', id: Number(identifier.value) });
    default:
      throw invalid('drop_request names neither a field nor a function');
  }
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
