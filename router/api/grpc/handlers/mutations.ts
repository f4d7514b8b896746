import { BraidError } from '../../../../core/errors.ts';
import type { FieldOperation } from '../../../../core/rows/array-operations.ts';
import { FieldPartialUpdateOp_OpType } from '../../../../proto/generated/milvus/field_data.ts';
import type { InsertRequest, MutationResult, UpsertRequest } from '../../../../proto/generated/milvus/mutation.ts';
import type { InsertInput } from '../../../operations/mutations/insert.ts';
import type { MutationOutput } from '../../../operations/mutations/mutation-output.ts';
import type { Operations } from '../../../operations/operations.ts';
import { decodeColumns } from '../codec/decode-columns.ts';
import { decodeTemplates } from '../codec/decode-templates.ts';
import { encodeIds } from '../codec/ids.ts';
import { SUCCESS } from '../codec/status.ts';
import type { Handlers } from '../milvus-rpc.ts';

export function mutationHandlers(operations: Operations) {
  return {
    insert: async (request, context) => {
      const output = await operations.insert(context, decodeRows(request));
      return encodeMutation(output, 'insertCnt');
    },

    upsert: async (request, context) => {
      const input = {
        ...decodeRows(request),
        partialUpdate: request.partialUpdate,
        fieldOperations: new Map(
          request.fieldOps.map(({ fieldName, op }) => [fieldName, decodeOperation(fieldName, op)]),
        ),
      };
      return encodeMutation(await operations.upsert(context, input), 'upsertCnt');
    },

    delete: async (request, context) => {
      refuseNamespace(request.namespace);
      const output = await operations.deleteRows(context, {
        collection: request.collectionName,
        partition: request.partitionName,
        filter: request.expr,
        templates: decodeTemplates(request.exprTemplateValues),
      });
      return encodeMutation(output, 'deleteCnt');
    },
  } satisfies Handlers;
}

function decodeOperation(fieldName: string, operation: FieldPartialUpdateOp_OpType): FieldOperation {
  switch (operation) {
    case FieldPartialUpdateOp_OpType.REPLACE:
      return 'replace';
    case FieldPartialUpdateOp_OpType.ARRAY_APPEND:
      return 'append';
    case FieldPartialUpdateOp_OpType.ARRAY_REMOVE:
      return 'remove';
    default:
      throw new BraidError('notSupported', `field_ops: operation ${operation} of field ${fieldName} is not supported`);
  }
}

function decodeRows(request: InsertRequest | UpsertRequest): InsertInput {
  refuseNamespace(request.namespace);
  return {
    collection: request.collectionName,
    partition: request.partitionName,
    rowCount: request.numRows,
    columns: decodeColumns(request.fieldsData),
    schemaTimestamp: request.schemaTimestamp,
  };
}

/**
 * Clients count `succIndex`: it has one entry per row of the request. A delete names no ids, as in Milvus since 2.4: pymilvus would otherwise give its caller
 * the list of ids in place of the count.
 */
function encodeMutation(output: MutationOutput, counted: 'insertCnt' | 'upsertCnt' | 'deleteCnt'): MutationResult {
  const succIndex = new Array<number>(output.rowCount);
  for (let row = 0; row < succIndex.length; row++) succIndex[row] = row;
  return {
    status: SUCCESS,
    IDs: counted === 'deleteCnt' ? { idField: undefined } : encodeIds(output.keys),
    succIndex,
    errIndex: [],
    acknowledged: true,
    insertCnt: 0n,
    deleteCnt: 0n,
    upsertCnt: 0n,
    timestamp: output.timestamp,
    [counted]: BigInt(output.rowCount),
  };
}

function refuseNamespace(namespace: string | undefined): void {
  if (namespace) throw new BraidError('notSupported', `namespace ${namespace}: not supported by this server`);
}
