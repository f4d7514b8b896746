import { BraidError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { validateTextParams } from '../text/field-analyzer.ts';
import { UTC } from '../time/timestamptz.ts';
import type { FieldSchema } from './collection-schema.ts';
import { DataType, dataTypeName, isDenseVector, isVector } from './data-type.ts';
import type { FieldDraft } from './validate-collection-schema.ts';
import { validateDefaultValue } from './validate-default-value.ts';
import { validateName } from './validate-name.ts';

const ELEMENT_TYPES: readonly DataType[] = [
  DataType.Bool,
  DataType.Int8,
  DataType.Int16,
  DataType.Int32,
  DataType.Int64,
  DataType.Float,
  DataType.Double,
  DataType.VarChar,
];

const SUPPORTED_TYPES: readonly DataType[] = [
  ...ELEMENT_TYPES,
  DataType.Array,
  DataType.JSON,
  DataType.Geometry,
  DataType.Timestamptz,
  DataType.FloatVector,
  DataType.Float16Vector,
  DataType.BFloat16Vector,
  DataType.Int8Vector,
  DataType.BinaryVector,
  DataType.SparseFloatVector,
];

/** One field of a collection to be made, or to be added to one: checked, its parameters parsed. `timezone` is meant where a default timestamp names none. */
export function validateField(draft: FieldDraft, id: number, timezone = UTC): FieldSchema {
  validateName('field', draft.name);
  refuseType(draft);
  return completedField(draft, id, timezone);
}

/** As `validateField`, of a sub-field too: its name and data type are checked already. */
export function completedField(draft: FieldDraft, id: number, timezone = UTC): FieldSchema {
  if (draft.isPrimaryKey) validatePrimaryKey(draft);
  if (draft.isPartitionKey) validatePartitionKey(draft);
  if (draft.isClusteringKey && isVector(draft.dataType))
    throw invalid(`clustering key field ${draft.name} must not be a vector`);
  const isArray = draft.dataType === DataType.Array;
  const isVectorList = draft.dataType === DataType.ArrayOfVector;
  if (isArray) validateElementType(draft);
  if (isVectorList) validateVectorElement(draft);
  const dimension = isVector(draft.dataType) ? parseDimension(draft) : undefined;
  const hasTexts = draft.dataType === DataType.VarChar || (isArray && draft.elementType === DataType.VarChar);
  const maxLength = hasTexts ? parseMaxLength(draft) : undefined;
  const maxCapacity = isArray || isVectorList ? parseMaxCapacity(draft) : undefined;
  validateTextParams(draft);
  const defaultValue = validateDefaultValue(draft, maxLength, timezone);
  return {
    id,
    name: draft.name,
    description: draft.description,
    dataType: draft.dataType,
    ...((isArray || isVectorList) && { elementType: draft.elementType! }),
    isPrimaryKey: draft.isPrimaryKey,
    autoId: draft.autoId,
    nullable: draft.nullable,
    isPartitionKey: draft.isPartitionKey,
    isClusteringKey: draft.isClusteringKey,
    isDynamic: false,
    ...(defaultValue !== undefined && { defaultValue }),
    ...(dimension !== undefined && { dimension }),
    ...(maxLength !== undefined && { maxLength }),
    ...(maxCapacity !== undefined && { maxCapacity }),
    typeParams: draft.typeParams,
  };
}

function refuseType(draft: FieldDraft): void {
  if (SUPPORTED_TYPES.includes(draft.dataType)) return;
  const supported = SUPPORTED_TYPES.map(dataTypeName).join(', ');
  throw new BraidError(
    'notSupported',
    `data type ${dataTypeName(draft.dataType)} of field ${draft.name} is not supported by this server, supported are ${supported}`,
  );
}

function validatePrimaryKey(draft: FieldDraft): void {
  const { name, dataType } = draft;
  if (dataType !== DataType.Int64 && dataType !== DataType.VarChar) {
    throw invalid(`the data type of primary key should be Int64 or VarChar, field name = ${name}`);
  }
  if (draft.nullable) throw invalid(`primary field not support null, field name = ${name}`);
  if (draft.defaultValue !== undefined) throw invalid(`primary field not support default_value, field name = ${name}`);
  if (draft.isPartitionKey) throw invalid(`the partition key field must not be primary field, field name = ${name}`);
}

function validatePartitionKey(draft: FieldDraft): void {
  const { name, dataType } = draft;
  if (dataType !== DataType.Int64 && dataType !== DataType.VarChar) {
    throw invalid(`the data type of partition key should be Int64 or VarChar, field name = ${name}`);
  }
  if (draft.nullable) throw invalid(`partition key field not support nullable, field name = ${name}`);
}

function validateElementType({ name, elementType = DataType.None }: FieldDraft): void {
  if (ELEMENT_TYPES.includes(elementType)) return;
  if (elementType === DataType.None) throw invalid(`element data type None is not valid, field name = ${name}`);
  throw invalid(`element type ${dataTypeName(elementType)} is not supported, field name = ${name}`);
}

function validateVectorElement({ name, elementType = DataType.None }: FieldDraft): void {
  if (isDenseVector(elementType)) return;
  throw invalid(`unsupported element type ${dataTypeName(elementType)} of the array of vectors ${name}`);
}

/** Milvus: every message of a bad dimension holds `invalid dimension`. */
function parseDimension(draft: FieldDraft): number | undefined {
  const text = draft.typeParams['dim'];
  if (draft.dataType === DataType.SparseFloatVector) {
    if (text === undefined) return undefined;
    throw invalid(`dim should not be specified for sparse vector field ${draft.name}(${text})`);
  }
  if (text === undefined) {
    throw invalid(
      `dimension is not defined in field type params of field ${draft.name}, check type param \`dim\` for vector field`,
    );
  }
  const dimension = parseCount(text);
  const isBinary = (draft.elementType || draft.dataType) === DataType.BinaryVector;
  const min = isBinary ? LIMITS.binaryDimensionMin : LIMITS.dimensionMin;
  const max = isBinary ? LIMITS.binaryDimensionMax : LIMITS.dimensionMax;
  if (dimension === undefined || dimension < min || dimension > max) {
    throw invalid(`invalid dimension: ${text} of field ${draft.name}. should be in range ${min} ~ ${max}`);
  }
  if (isBinary && dimension % 8 !== 0) {
    throw invalid(
      `invalid dimension: ${text} of field ${draft.name}. binary vector dimension should be multiple of 8.`,
    );
  }
  return dimension;
}

export function parseMaxLength(draft: Pick<FieldDraft, 'name' | 'typeParams'>): number {
  const text = draft.typeParams['max_length'];
  if (text === undefined)
    throw invalid(`type param(max_length) should be specified for the field(${draft.name}) of VarChar`);
  const maxLength = parseCount(text);
  if (maxLength === undefined || maxLength < 1 || maxLength > LIMITS.varCharLengthMax) {
    throw invalid(
      `the maximum length specified for the field(${draft.name}) should be in (0, ${LIMITS.varCharLengthMax}], but got ${text} instead`,
    );
  }
  return maxLength;
}

export function parseMaxCapacity(draft: Pick<FieldDraft, 'name' | 'typeParams'>): number {
  const text = draft.typeParams['max_capacity'];
  if (text === undefined) throw invalid(`type param(max_capacity) should be specified for array field ${draft.name}`);
  const maxCapacity = parseCount(text);
  if (maxCapacity === undefined || maxCapacity < 1 || maxCapacity > LIMITS.arrayCapacityMax) {
    throw invalid(
      `the maximum capacity specified for a Array should be in (0, ${LIMITS.arrayCapacityMax}], but got ${text} for field ${draft.name}`,
    );
  }
  return maxCapacity;
}

/** A whole number as text, also in the quotes that some clients add. */
function parseCount(text: string): number | undefined {
  const digits = /^"?(\d{1,9})"?$/.exec(text.trim())?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function invalid(message: string): BraidError {
  return new BraidError('parameterUnexpected', message);
}
