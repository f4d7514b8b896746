import type { FieldData } from '../../../../proto/generated/milvus/field_data.ts';
import type { QueryResults } from '../../../../proto/generated/milvus/query.ts';
import { DataType } from '../../../../proto/generated/milvus/schema.ts';
import type { QueryOutput } from '../../../operations/reads/query.ts';
import { encodeColumns } from './encode-columns.ts';
import { SUCCESS } from './status.ts';

const COUNT = 'count(*)';

/** Rows as the wire has them; a count is one Int64 column of its own name. */
export function encodeQueryResults(output: QueryOutput): QueryResults {
  const { count } = output;
  return {
    status: SUCCESS,
    fieldsData: count === undefined ? encodeColumns(output.columns) : [countColumn(count)],
    collectionName: output.collectionName,
    outputFields: count === undefined ? [...output.outputFields] : [COUNT],
    sessionTs: output.sessionTimestamp,
    primaryFieldName: output.primaryField.name,
    elementIndices: [],
  };
}

function countColumn(count: number): FieldData {
  return {
    type: DataType.Int64,
    fieldName: COUNT,
    field: { $case: 'scalars', value: { data: { $case: 'longData', value: { data: [BigInt(count)] } } } },
    fieldId: 0n,
    isDynamic: false,
    validData: [],
  };
}
