import type { FieldSchema } from '../../schema/collection-schema.ts';

/** One element of an Array field, as a field: its id is the array's, its data type that of the elements. `field[3]` */
export interface ElementField extends FieldSchema {
  readonly array: FieldSchema;
  readonly elementIndex: number;
}

export function elementField(array: FieldSchema, index: number): ElementField {
  const { maxCapacity: _, elementType, ...field } = array;
  return { ...field, name: `${array.name}[${index}]`, dataType: elementType!, array, elementIndex: index };
}

export function isElementField(field: FieldSchema): field is ElementField {
  return 'elementIndex' in field;
}
