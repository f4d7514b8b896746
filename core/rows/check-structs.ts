import { arrayLength } from '../columns/array-values.ts';
import type { BytesColumn, Column } from '../columns/column.ts';
import { bytesAt } from '../columns/column-operations.ts';
import { BraidError } from '../errors.ts';
import { type CollectionSchema, type FieldSchema, fieldById } from '../schema/collection-schema.ts';
import { DataType, vectorRowBytes } from '../schema/data-type.ts';

/** The sub-fields of a struct have the same number of elements in every row. `columns` are checked one by one already. */
export function checkStructs(schema: CollectionSchema, columns: ReadonlyMap<number, Column>): void {
  for (const struct of schema.structs) {
    const [first, ...others] = struct.fieldIds.map((id) => fieldById(schema, id)!);
    const expected = lengthsOf(first!, columns);
    for (const field of others) {
      const found = lengthsOf(field, columns);
      const row = found.findIndex((length, i) => length !== expected[i]);
      if (row < 0) continue;
      throw new BraidError(
        'parameterInvalid',
        `inconsistent array length in struct array field ${struct.name}, row ${row}: ${first!.name} has ${expected[row]} elements, ${field.name} has ${found[row]}`,
      );
    }
  }
}

/** Elements of each row. */
function lengthsOf(field: FieldSchema, columns: ReadonlyMap<number, Column>): Uint32Array {
  const column = columns.get(field.id) as BytesColumn;
  const lengths = new Uint32Array(column.rowCount);
  if (field.dataType === DataType.ArrayOfVector) {
    const vectorBytes = vectorRowBytes(field.elementType!, field.dimension!);
    for (let row = 0; row < lengths.length; row++) {
      lengths[row] = (column.offsets[row + 1]! - column.offsets[row]!) / vectorBytes;
    }
    return lengths;
  }
  for (let row = 0; row < lengths.length; row++) lengths[row] = arrayLength(field.elementType!, bytesAt(column, row));
  return lengths;
}
