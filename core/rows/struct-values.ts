import { type FieldSchema, splitSubFieldName, subFieldName } from '../schema/collection-schema.ts';
import { isRecord } from './is-record.ts';
import { unfit } from './scalar-value.ts';

type Row = Readonly<Record<string, unknown>>;

/**
 * Rows of JSON with every array of structs, `items: [{ label: 1 }, { label: 2 }]`, taken apart into the values of its sub-fields, `items[label]: [1, 2]`. Rows without a struct stay the same
 * objects; what is no row is left to others. `fields`: of the collection, the sub-fields among them.
 */
export function expandStructs(rows: readonly unknown[], fields: readonly FieldSchema[]): readonly unknown[] {
  const structs = new Map<string, string[]>();
  for (const field of fields) {
    const sub = splitSubFieldName(field.name);
    if (sub) structs.set(sub.structName, [...(structs.get(sub.structName) ?? []), sub.name]);
  }
  if (structs.size === 0) return rows;
  return rows.map((row, index) => (isRecord(row) ? expanded(row, index, structs) : row));
}

function expanded(row: Row, index: number, structs: ReadonlyMap<string, readonly string[]>): Row {
  const entries = new Map(Object.entries(row));
  for (const [name, subNames] of structs) {
    const elements = entries.get(name);
    if (!entries.delete(name) || elements === null) continue;
    if (!Array.isArray(elements) || !elements.every(isRecord))
      throw unfit(name, index, 'an array of structs', elements);
    const stranger = elements.flatMap((element) => Object.keys(element)).find((key) => !subNames.includes(key));
    if (stranger !== undefined) throw unfit(name, index, `a struct: it has no sub-field ${stranger}`, elements);
    for (const sub of subNames) {
      const values = elements.map((element) => (Object.hasOwn(element, sub) ? element[sub] : undefined));
      if (values.includes(undefined)) throw unfit(name, index, `complete: an element lacks ${sub}`, elements);
      entries.set(subFieldName(name, sub), values);
    }
  }
  return Object.fromEntries(entries);
}
