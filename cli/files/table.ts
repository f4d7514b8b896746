import { DataType, type DataTypeName } from '../../core/schema/data-type.ts';
import type { CollectionDescription, FieldDescription } from '../client/collection-description.ts';

/** A collection as the columns of a file. */
export interface Table {
  readonly columns: readonly TableColumn[];
  /** A last column `$meta` has, as JSON, the keys of a row that are no columns. */
  readonly hasDynamicKeys: boolean;
}

export interface TableColumn {
  readonly name: string;
  readonly dataType: DataType;
  /** Of the elements of an Array or ArrayOfVector. */
  readonly elementType: DataType | undefined;
  /** Of vectors; 0 elsewhere. */
  readonly dimension: number;
  /** Of an array of structs: what an element has. Empty elsewhere. */
  readonly fields: readonly TableColumn[];
}

export type Row = Readonly<Record<string, unknown>>;

/** The columns that an export writes: those that are asked for (`*`: all) and the primary key, without what functions make. */
export function tableOf(description: CollectionDescription, outputFields: readonly string[]): Table {
  const { fields, structFields = [], functions = [], enableDynamicField } = description;
  const made = new Set(functions.flatMap(({ outputFieldNames }) => outputFieldNames));
  const isWanted = (name: string): boolean => outputFields.includes('*') || outputFields.includes(name);
  const columns = [
    ...fields
      .filter(({ name, primaryKey }) => primaryKey || (isWanted(name) && !made.has(name)))
      .map((field) => columnOf(field)),
    ...structFields
      .filter(({ name }) => isWanted(name))
      .map((struct) => ({
        ...{ name: struct.name, dataType: DataType.ArrayOfStruct, elementType: undefined, dimension: 0 },
        fields: struct.fields.map(columnOf),
      })),
  ];
  return { columns, hasDynamicKeys: enableDynamicField };
}

/** The keys of a row that are no columns, as `$meta` has them; undefined if there are none. */
export function dynamicKeys({ columns }: Table, row: Row): Row | undefined {
  const names = new Set(columns.map(({ name }) => name));
  const others = Object.entries(row).filter(([name]) => !names.has(name));
  return others.length === 0 ? undefined : Object.fromEntries(others);
}

function columnOf({ name, type, elementType, params = [] }: FieldDescription): TableColumn {
  return {
    name,
    dataType: typeNamed(type),
    elementType: elementType === undefined ? undefined : typeNamed(elementType),
    dimension: Number(params.find(({ key }) => key === 'dim')?.value ?? 0),
    fields: [],
  };
}

function typeNamed(name: string): DataType {
  return DataType[name as DataTypeName] ?? DataType.None;
}
