import { BraidError } from '../errors.ts';
import { parseTimestamptz } from '../time/timestamptz.ts';
import type { DefaultValue } from './collection-schema.ts';
import { DataType, dataTypeName, isVector } from './data-type.ts';
import type { FieldDraft } from './validate-collection-schema.ts';

const INTEGER_BITS: ReadonlyMap<DataType, bigint> = new Map([
  [DataType.Int8, 8n],
  [DataType.Int16, 16n],
  [DataType.Int32, 32n],
  [DataType.Int64, 64n],
]);

const TYPES_WITHOUT_DEFAULT: readonly DataType[] = [DataType.JSON, DataType.Array, DataType.Geometry];

/** The default as the field stores it: a bigint for Int64, a number for the smaller ones, whatever kind of number it came as. */
export function validateDefaultValue(
  draft: FieldDraft,
  maxLength: number | undefined,
  timezone: string,
): DefaultValue | undefined {
  const { defaultValue, dataType, name } = draft;
  if (defaultValue === undefined) return undefined;
  if (isVector(dataType) || TYPES_WITHOUT_DEFAULT.includes(dataType)) {
    throw invalid(`type not support default_value, type:${dataTypeName(dataType)}, name:${name}`);
  }
  const bits = INTEGER_BITS.get(dataType);
  if (bits !== undefined) return integerDefault(draft, defaultValue, bits);
  switch (dataType) {
    case DataType.Bool:
      if (typeof defaultValue === 'boolean') return defaultValue;
      break;
    case DataType.Float:
    case DataType.Double:
      if (typeof defaultValue === 'number' || typeof defaultValue === 'bigint')
        return finiteDefault(draft, Number(defaultValue));
      break;
    case DataType.Timestamptz:
      return timestampDefault(draft, defaultValue, timezone);
    case DataType.VarChar:
      if (typeof defaultValue === 'string') return textDefault(draft, defaultValue, maxLength!);
      break;
  }
  throw mismatch(draft);
}

function integerDefault(draft: FieldDraft, value: DefaultValue, bits: bigint): bigint | number {
  const isWhole = typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value));
  if (!isWhole) throw mismatch(draft);
  const whole = BigInt(value);
  if (BigInt.asIntN(Number(bits), whole) !== whole) {
    const limit = 1n << (bits - 1n);
    throw invalid(`[${-limit}, ${limit - 1n}] is the range of field ${draft.name}, but its default value is ${whole}`);
  }
  return draft.dataType === DataType.Int64 ? whole : Number(whole);
}

function finiteDefault(draft: FieldDraft, value: number): number {
  const stored = draft.dataType === DataType.Float ? Math.fround(value) : value;
  if (!Number.isFinite(stored))
    throw invalid(`default value ${value} of field ${draft.name} is not a number or infinity`);
  return value;
}

function timestampDefault(draft: FieldDraft, value: DefaultValue, timezone: string): bigint {
  if (typeof value === 'bigint') return value;
  const micros = typeof value === 'string' ? parseTimestamptz(value, timezone) : undefined;
  if (micros !== undefined) return micros;
  throw invalid(`got invalid timestamptz string "${value}" as the default value of field ${draft.name}`);
}

function textDefault(draft: FieldDraft, value: string, maxLength: number): string {
  const length = new TextEncoder().encode(value).length;
  if (length > maxLength) {
    throw invalid(
      `the length (${length}) of string exceeds max length (${maxLength}): default value of field ${draft.name}`,
    );
  }
  return value;
}

function mismatch(draft: FieldDraft): BraidError {
  return invalid(
    `type (${dataTypeName(draft.dataType)}) of field (${draft.name}) is not equal to the type of its default value`,
  );
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
