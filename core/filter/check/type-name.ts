import type { FieldSchema } from '../../schema/collection-schema.ts';
import { DataType, dataTypeName } from '../../schema/data-type.ts';
import type { LiteralValue } from '../syntax/ast.ts';

/** Milvus' name of the type of a constant. */
export function literalTypeName(value: LiteralValue): string {
  switch (typeof value) {
    case 'boolean':
      return 'Bool';
    case 'bigint':
      return 'Int64';
    case 'number':
      return 'Double';
    case 'string':
      return 'VarChar';
    default:
      return 'Array';
  }
}

/** `field age of type Int64` */
export function describeField(field: FieldSchema): string {
  return `field ${field.name} of type ${dataTypeName(field.dataType)}`;
}

/** `"abc"` or `[1, 2, …]`, short enough for a message. */
export function describeLiteral(value: LiteralValue): string {
  if (typeof value === 'object') return `a list of ${value.length} values`;
  if (typeof value !== 'string') return String(value);
  return value.length > 40 ? `${JSON.stringify(value.slice(0, 40))}…` : JSON.stringify(value);
}

export function isIntegerType(dataType: DataType): boolean {
  return dataType >= DataType.Int8 && dataType <= DataType.Int64;
}

export function isFloatType(dataType: DataType): boolean {
  return dataType === DataType.Float || dataType === DataType.Double;
}

export function isNumber(value: LiteralValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
