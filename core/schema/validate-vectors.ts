import { DataType } from './data-type.ts';

/**
 * The index of the first number among the values that is not finite (NaN or an infinity), -1 when all are. `data` holds values of a vector type, little endian; types
 * without such values give -1. Reads the bytes of the exponents only, so `data` needs no alignment.
 */
export function findNonFinite(dataType: DataType, data: Uint8Array): number {
  switch (dataType) {
    case DataType.FloatVector:
      for (let at = 3; at < data.length; at += 4) {
        if ((data[at]! & 0x7f) === 0x7f && (data[at - 1]! & 0x80) !== 0) return (at - 3) >> 2;
      }
      return -1;
    case DataType.BFloat16Vector:
      for (let at = 1; at < data.length; at += 2) {
        if ((data[at]! & 0x7f) === 0x7f && (data[at - 1]! & 0x80) !== 0) return at >> 1;
      }
      return -1;
    case DataType.Float16Vector:
      for (let at = 1; at < data.length; at += 2) {
        if ((data[at]! & 0x7c) === 0x7c) return at >> 1;
      }
      return -1;
    default:
      return -1;
  }
}
