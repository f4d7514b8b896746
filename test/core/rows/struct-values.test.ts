import { expect, test } from 'vitest';
import { rowsToColumns } from '../../../core/rows/rows-to-columns.ts';
import { expandStructs } from '../../../core/rows/struct-values.ts';
import type { FieldSchema } from '../../../core/schema/collection-schema.ts';
import { DataType } from '../../../core/schema/data-type.ts';

const field = (id: number, name: string, change: Partial<FieldSchema> = {}): FieldSchema => ({
  id,
  name,
  description: '',
  dataType: DataType.Array,
  elementType: DataType.Int32,
  isPrimaryKey: false,
  autoId: false,
  nullable: false,
  isPartitionKey: false,
  isClusteringKey: false,
  isDynamic: false,
  maxCapacity: 8,
  typeParams: {},
  ...change,
});

const FIELDS = [field(100, 'other'), field(102, 'items[page]'), field(103, 'items[size]')];

test('structs become the values of their sub-fields', () => {
  const rows = [
    {
      other: [1],
      items: [
        { page: 1, size: 2 },
        { size: 4, page: 3 },
      ],
    },
    { items: [] },
    { other: [2] },
    7,
  ];
  expect(expandStructs(rows, FIELDS)).toEqual([
    { other: [1], 'items[page]': [1, 3], 'items[size]': [2, 4] },
    { 'items[page]': [], 'items[size]': [] },
    { other: [2] },
    7,
  ]);
  expect(expandStructs(rows, FIELDS.slice(0, 1))).toBe(rows);
});

test('rows of JSON give a column for each sub-field, also where unknown keys are dynamic', () => {
  const columns = rowsToColumns([{ items: [{ page: 1, size: 2 }], more: true }], FIELDS, true);
  expect(columns.map(({ name }) => name)).toEqual(['items[page]', 'items[size]', '$meta']);
});

test.each([
  [{ items: 7 }, 'is not an array of structs'],
  [{ items: [1] }, 'is not an array of structs'],
  [{ items: [{ page: 1 }] }, 'an element lacks size'],
  [{ items: [{ page: 1, size: 2, colour: 3 }] }, 'has no sub-field colour'],
])('%j is refused', (row, message) => {
  expect(() => expandStructs([row], FIELDS)).toThrow(message);
});
