import Type, { type Static } from 'typebox';
import { BraidError } from '../../../../core/errors.ts';
import type { FieldOperation } from '../../../../core/rows/array-operations.ts';
import { rowsToColumns } from '../../../../core/rows/rows-to-columns.ts';
import type { InsertInput } from '../../../operations/mutations/insert.ts';
import type { QueryOutput } from '../../../operations/reads/query.ts';
import { Name, OptionalName, OptionalNames } from '../codec/bodies.ts';
import { keysFromJson, keysToJson } from '../codec/keys-json.ts';
import { consistencyOf, OrderBody, orderOf, ReadBody, templatesOf, timeParameters } from '../codec/read-body.ts';
import { rowsJson } from '../codec/rows-json.ts';
import { textsOf } from '../codec/settings.ts';
import { answer, type Endpoint, endpoint, type RestAnswer, type RestCall } from '../endpoint.ts';
import { hybridSearchEndpoints } from './hybrid-search.ts';
import { searchEndpoint } from './search.ts';

const LIMIT_DEFAULT = 100;

const RowsBody = Type.Object({
  collectionName: Name,
  partitionName: OptionalName,
  data: Type.Unknown(),
});

export const entityEndpoints: readonly Endpoint[] = [
  searchEndpoint,
  ...hybridSearchEndpoints,

  endpoint('entities/insert', RowsBody, async (body, call) => {
    const output = await call.operations.insert(call.context, await decodeRows(body, call));
    return answer({ insertCount: output.rowCount, insertIds: keysToJson(output.keys, call.int64) });
  }),

  endpoint(
    'entities/upsert',
    Type.Object({
      ...RowsBody.properties,
      partialUpdate: Type.Optional(Type.Boolean()),
      fieldOps: Type.Optional(Type.Array(Type.Object({ fieldName: Name, op: Name }))),
    }),
    async (body, call) => {
      const rows = await decodeRows(body, call);
      const output = await call.operations.upsert(call.context, {
        ...rows,
        partialUpdate: body.partialUpdate ?? false,
        fieldOperations: new Map(
          (body.fieldOps ?? []).map(({ fieldName, op }) => [fieldName, operationOf(fieldName, op)]),
        ),
      });
      return answer({ upsertCount: output.rowCount, upsertIds: keysToJson(output.keys, call.int64) });
    },
  ),

  endpoint(
    'entities/delete',
    Type.Object({
      collectionName: Name,
      partitionName: OptionalName,
      filter: Name,
      exprParams: ReadBody.properties.exprParams,
    }),
    async ({ collectionName, partitionName = '', filter, exprParams }, { operations, context }) => {
      const templates = templatesOf(exprParams);
      const input = { collection: collectionName, partition: partitionName, filter, templates };
      const { rowCount } = await operations.deleteRows(context, input);
      return answer({ deleteCount: rowCount });
    },
  ),

  endpoint(
    'entities/get',
    Type.Object({
      collectionName: Name,
      id: Type.Unknown(),
      outputFields: OptionalNames,
      partitionNames: OptionalNames,
      consistencyLevel: OptionalName,
    }),
    async (body, call) => {
      const { collection } = await call.operations.describeCollection(call.context, { name: body.collectionName });
      const output = await call.operations.query(call.context, {
        collection: body.collectionName,
        partitions: body.partitionNames ?? [],
        filter: '',
        templates: undefined,
        keys: keysFromJson(collection.schema, body.id),
        outputFields: orEverything(body.outputFields),
        parameters: new Map(),
        consistency: consistencyOf(body.consistencyLevel),
      });
      return rowsAnswer(output, call);
    },
  ),

  endpoint(
    'entities/query',
    Type.Object({
      ...ReadBody.properties,
      limit: Type.Optional(Type.Integer()),
      offset: Type.Optional(Type.Integer()),
      orderByFields: OrderBody,
      groupByFields: OptionalNames,
    }),
    async (body, call) => {
      const outputFields = orEverything(body.outputFields);
      const limit = outputFields.includes('count(*)') ? body.limit : (body.limit ?? LIMIT_DEFAULT);
      const output = await call.operations.query(call.context, {
        collection: body.collectionName,
        partitions: body.partitionNames ?? [],
        filter: body.filter ?? '',
        templates: templatesOf(body.exprParams),
        keys: undefined,
        outputFields,
        parameters: new Map(
          Object.entries(
            textsOf({
              ...timeParameters(body),
              limit: limit ?? null,
              offset: body.offset ?? null,
              order_by_fields: orderOf(body.orderByFields) ?? null,
              group_by_fields: body.groupByFields?.join(',') ?? null,
            }),
          ),
        ),
        consistency: consistencyOf(body.consistencyLevel),
      });
      return rowsAnswer(output, call);
    },
  ),
];

/** By the names of the wire (schema.proto, FieldPartialUpdateOp.OpType), in any case. */
const FIELD_OPERATIONS: Readonly<Record<string, FieldOperation>> = {
  REPLACE: 'replace',
  ARRAY_APPEND: 'append',
  ARRAY_REMOVE: 'remove',
};

function operationOf(fieldName: string, name: string): FieldOperation {
  const operation = Object.hasOwn(FIELD_OPERATIONS, name.toUpperCase()) && FIELD_OPERATIONS[name.toUpperCase()];
  if (operation) return operation;
  const names = Object.keys(FIELD_OPERATIONS).join(', ');
  throw new BraidError(
    'parameterInvalid',
    `fieldOps: operation ${name} of field ${fieldName}: expected one of ${names}`,
  );
}

async function decodeRows(body: Static<typeof RowsBody>, call: RestCall): Promise<InsertInput> {
  const rows: readonly unknown[] = Array.isArray(body.data) ? body.data : [body.data];
  const { collection, fields } = await call.operations.describeCollection(call.context, { name: body.collectionName });
  return {
    collection: body.collectionName,
    partition: body.partitionName ?? '',
    rowCount: rows.length,
    columns: rowsToColumns(rows, fields, collection.schema.enableDynamicField),
    schemaTimestamp: collection.updatedTimestamp,
  };
}

async function rowsAnswer(output: QueryOutput, call: RestCall): Promise<RestAnswer> {
  if (output.count !== undefined) return answer([{ 'count(*)': output.count }]);
  return { json: await rowsJson(output, call) };
}

function orEverything(outputFields: readonly string[] | undefined): readonly string[] {
  return outputFields === undefined || outputFields.length === 0 ? ['*'] : outputFields;
}
