import { BraidError } from '../errors.ts';
import { DataType, dataTypeName } from '../schema/data-type.ts';

const INTEGER = /^\s*[+-]?\d+\s*$/;
const INT64_MIN = -(1n << 63n);
const INT64_MAX = (1n << 63n) - 1n;
const RANGES: Partial<Record<DataType, readonly [number, number]>> = {
  [DataType.Int8]: [-(2 ** 7), 2 ** 7 - 1],
  [DataType.Int16]: [-(2 ** 15), 2 ** 15 - 1],
  [DataType.Int32]: [-(2 ** 31), 2 ** 31 - 1],
};

/**
 * A scalar of JSON as the type wants it: numbers may come as texts, texts may come as numbers. Int64 gives a bigint, the other numbers a number, Bool a
 * boolean, all else a string. What does not fit is an error that names the field, the row and the value.
 */
export function scalarOf(
  field: string,
  row: number,
  dataType: DataType,
  value: unknown,
): boolean | number | bigint | string {
  switch (dataType) {
    case DataType.Bool:
      if (typeof value === 'boolean') return value;
      if (value === 'true' || value === 'false') return value === 'true';
      break;
    case DataType.Int64: {
      const integer = integerOf(value);
      if (integer !== undefined && integer >= INT64_MIN && integer <= INT64_MAX) return integer;
      break;
    }
    case DataType.Int8:
    case DataType.Int16:
    case DataType.Int32: {
      const integer = integerOf(value);
      const [least, most] = RANGES[dataType]!;
      if (integer !== undefined && integer >= least && integer <= most) return Number(integer);
      break;
    }
    case DataType.Float:
    case DataType.Double:
      if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
      if (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))) return Number(value);
      break;
    default:
      if (typeof value === 'string') return value;
      if (typeof value !== 'object') return String(value);
  }
  throw unfit(field, row, dataTypeName(dataType), value);
}

/** `wanted` says what the value should have been. */
export function unfit(field: string, row: number, wanted: string, value: unknown): BraidError {
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value));
  const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text;
  return new BraidError('restInsertInvalid', `field ${field}, row ${row}: ${shown} is not ${wanted}`);
}

function integerOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' && INTEGER.test(value) ? BigInt(value.trim().replace(/^\+/, '')) : undefined;
}
