import { expect, it } from 'vitest';
import type { BytesColumn } from '../../../core/columns/column.ts';
import { FILTER_LIMITS } from '../../../core/filter/filter.ts';
import { JsonPath } from '../../../core/filter/json/json-path.ts';
import { jsonPathColumn } from '../../../core/filter/json/json-path-cache.ts';
import { DataType } from '../../../core/schema/data-type.ts';

function column(texts: readonly string[]): BytesColumn {
  const offsets = new Uint32Array(texts.length + 1);
  for (const [row, text] of texts.entries()) offsets[row + 1] = offsets[row]! + Buffer.byteLength(text);
  const bytes = new Uint8Array(Buffer.from(texts.join('')));
  return { kind: 'bytes', dataType: DataType.JSON, rowCount: texts.length, offsets, bytes, valid: undefined };
}

const path = (...steps: (string | number)[]) => new JsonPath(steps);

it('takes the values of a path out of a column object once', () => {
  const first = column(['{"a": 1}', '{"a": {"b": 2}}']);
  const values = jsonPathColumn(first, path('a'));
  expect(jsonPathColumn(first, path('a'))).toBe(values);
  expect(jsonPathColumn(first, path('a', 'b'))).not.toBe(values);
  expect(jsonPathColumn({ ...first }, path('a'))).not.toBe(values);
});

it('keeps as much as the column is large, the paths used last, and some in any case', () => {
  const keys = Array.from({ length: 100 }, (_, i) => `k${i}`);
  const wide = column(Array(100).fill(JSON.stringify(Object.fromEntries(keys.map((key) => [key, 1])))));
  const kept = keys.map((key) => jsonPathColumn(wide, path(key)));
  const memoryBytes = kept[0]!.memoryBytes;
  expect(memoryBytes).toBe(100 * (1 + 8));
  const room = Math.floor(wide.bytes.length / memoryBytes);
  expect(jsonPathColumn(wide, path(keys.at(-1)!))).toBe(kept.at(-1));
  expect(jsonPathColumn(wide, path(keys.at(-room)!))).toBe(kept.at(-room));
  expect(jsonPathColumn(wide, path(keys.at(-room - 1)!))).not.toBe(kept.at(-room - 1));

  const narrow = column(Array(100).fill('{"k":1}'));
  const numbers = keys.slice(0, 10).map((key) => jsonPathColumn(narrow, path('k', key)));
  const few = FILTER_LIMITS.jsonPathsKeptMin;
  const large = jsonPathColumn(narrow, path('k'));
  expect(jsonPathColumn(narrow, path('k'))).toBe(large);
  expect(jsonPathColumn(narrow, path('k', keys[10 - few + 1]!))).toBe(numbers[10 - few + 1]);
  expect(jsonPathColumn(narrow, path('k', keys[0]!))).not.toBe(numbers[0]);
});
