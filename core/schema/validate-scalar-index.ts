import { BraidError } from '../errors.ts';
import { parseJsonPath } from '../filter/json/parse-json-path.ts';
import type { FieldSchema } from './collection-schema.ts';
import { DataType, dataTypeName } from './data-type.ts';

/**
 * Scalar indexes that clients may name, and the fields they go with (Milvus 2.6, internal/util/indexparamcheck). All that order values are one structure here
 * (node/segment/scalar-index); NGRAM is taken and served by it, as far as it helps, and RTREE by scanning the bounding boxes.
 */
const SCALAR_INDEXES: Readonly<Record<string, (field: FieldSchema) => string | undefined>> = {
  AUTOINDEX: () => undefined,
  INVERTED: ({ dataType }) =>
    dataType === DataType.Geometry ? 'INVERTED are not supported on Geometry field' : undefined,
  BITMAP: (field) => {
    if (field.isPrimaryKey) return 'create bitmap index on primary key not supported';
    const isArray = field.dataType === DataType.Array;
    const fits = isDiscrete(isArray ? field.elementType! : field.dataType);
    return fits
      ? undefined
      : `bitmap index are only supported on bool, int, string${isArray ? ' for array field' : ''}`;
  },
  STL_SORT: ({ dataType }) =>
    isNumeric(dataType) || dataType === DataType.VarChar || dataType === DataType.Timestamptz
      ? undefined
      : 'STL_SORT are only supported on numeric, varchar or timestamptz field',
  Trie: ({ dataType }) => (dataType === DataType.VarChar ? undefined : 'TRIE are only supported on varchar field'),
  NGRAM: ({ dataType }) =>
    dataType === DataType.VarChar || dataType === DataType.JSON
      ? undefined
      : 'Ngram index can only be created on VARCHAR or JSON field',
  RTREE: ({ dataType }) =>
    dataType === DataType.Geometry ? undefined : 'RTREE index can only be built on geometry field',
};

/** `json_cast_type` of an index on a JSON path. Filters look up the first three; the others are recorded. */
const JSON_CAST_TYPES = ['BOOL', 'DOUBLE', 'VARCHAR', 'ARRAY_BOOL', 'ARRAY_DOUBLE', 'ARRAY_VARCHAR', 'JSON'];

/** The parameters as they are recorded, `index_type` filled in and written as Milvus does. Throws `parameterInvalid`. */
export function validateScalarIndex(
  field: FieldSchema,
  params: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const given = params['index_type'] || 'AUTOINDEX';
  const indexType = Object.keys(SCALAR_INDEXES).find((name) => name.toUpperCase() === given.toUpperCase());
  if (indexType === undefined) {
    const supported = Object.keys(SCALAR_INDEXES).join(' ');
    throw invalid(
      `invalid index type: ${given} for field ${field.name} of ${dataTypeName(field.dataType)}, supported: [${supported}]`,
    );
  }
  const problem = SCALAR_INDEXES[indexType]!(field);
  if (problem !== undefined) throw invalid(`${problem}, field ${field.name} is ${dataTypeName(field.dataType)}`);
  if (field.dataType === DataType.JSON) checkJson(field, params);
  return { ...params, index_type: indexType };
}

function checkJson(field: FieldSchema, params: Readonly<Record<string, string>>): void {
  const castType = params['json_cast_type'];
  if (castType === undefined) throw invalid(`json index must specify cast type (json_cast_type), field ${field.name}`);
  if (!JSON_CAST_TYPES.includes(castType.toUpperCase())) {
    throw invalid(`json_cast_type ${castType} is not supported, expected one of ${JSON_CAST_TYPES.join(', ')}`);
  }
  parseJsonPath(field, params['json_path'] ?? '');
}

function isNumeric(dataType: DataType): boolean {
  return dataType >= DataType.Int8 && dataType <= DataType.Double;
}

function isDiscrete(dataType: DataType): boolean {
  return (
    dataType === DataType.Bool ||
    dataType === DataType.VarChar ||
    (dataType >= DataType.Int8 && dataType <= DataType.Int64)
  );
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
