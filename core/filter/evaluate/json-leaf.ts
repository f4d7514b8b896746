import { fillBits, setBit } from '../../bitset.ts';
import type { FieldSchema } from '../../schema/collection-schema.ts';
import type { JsonElements } from '../json/json-elements.ts';
import type { JsonPath } from '../json/json-path.ts';
import { jsonPathColumn } from '../json/json-path-cache.ts';
import { JSON_KIND } from '../json/json-reader.ts';
import { type JsonTest, runJsonTest } from '../json/json-test.ts';
import { COST, type Condition } from './condition.ts';
import { asBytes, leaf } from './leaf.ts';

/** Rows whose JSON value at the path passes the test. */
export function jsonLeaf(field: FieldSchema, path: JsonPath, test: JsonTest, negated: boolean): Condition {
  const queries = [{ fieldId: field.id, path: path.id, test: { kind: 'json', test } } as const];
  return leaf({ fields: [field], costPerRowNs: COST.json, negated, queries }, ([column], rowCount, out) => {
    runJsonTest(test, jsonPathColumn(asBytes(column), path), rowCount, out);
  });
}

/**
 * Rows with a value other than JSON null at the path. With `nullsCount` a row whose JSON field is null has none and is answered as such
 * (`is null`); without, it is unknown (`exists`).
 */
export function jsonExistsLeaf(field: FieldSchema, path: JsonPath, negated: boolean, nullsCount: boolean): Condition {
  return leaf(
    { fields: [field], costPerRowNs: COST.json, negated, seesNulls: nullsCount },
    ([column], rowCount, out) => {
      const json = asBytes(column);
      const { kinds } = jsonPathColumn(json, path);
      out.fill(0);
      for (let row = 0; row < rowCount; row++) {
        if (kinds[row]! > JSON_KIND.null) setBit(out, row);
      }
    },
  );
}

/**
 * Rows whose JSON array at the path contains any, or all, of the elements. What is no array contains nothing; but all of no elements are in
 * every row, array or not (Milvus, JsonContainsExpr.cpp).
 */
export function jsonContainsLeaf(
  field: FieldSchema,
  path: JsonPath,
  elements: JsonElements,
  mode: 'any' | 'all',
  negated: boolean,
): Condition {
  return leaf({ fields: [field], costPerRowNs: COST.jsonList, negated }, ([column], rowCount, out) => {
    if (mode === 'all' && elements.count === 0) {
      fillBits(out, rowCount);
      return;
    }
    const { kinds, bytes, starts, ends } = jsonPathColumn(asBytes(column), path);
    const seen = new Uint32Array(mode === 'all' ? elements.count : 0);
    out.fill(0);
    for (let row = 0; row < rowCount; row++) {
      if (kinds[row] !== JSON_KIND.array) continue;
      const contains =
        mode === 'any'
          ? elements.containsAny(bytes, starts[row]!, ends[row]!)
          : elements.containsAll(bytes, starts[row]!, ends[row]!, seen, row + 1);
      if (contains) setBit(out, row);
    }
  });
}
