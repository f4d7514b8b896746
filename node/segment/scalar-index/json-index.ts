import type { BytesColumn } from '../../../core/columns/column.ts';
import type { JsonPath } from '../../../core/filter/json/json-path.ts';
import { JsonPathColumn } from '../../../core/filter/json/json-path-column.ts';
import { JSON_KIND } from '../../../core/filter/json/json-reader.ts';
import type { JsonTest, NumberTest } from '../../../core/filter/json/json-test.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { CHUNK_SHIFT, type ColumnChunks } from '../column-chunks.ts';
import type { TimeSlice } from '../time-slice.ts';
import { NumberItems, TextItems } from './index-items.ts';
import type { NumberIndex } from './number-index.ts';
import type { TextIndex } from './text-index.ts';

/** The type of the values that an index of a JSON path is about (`json_cast_type`); other values at the path are not in it. */
export type JsonCastType = 'DOUBLE' | 'VARCHAR' | 'BOOL';

/** Rows by the number, text or boolean at a path of a JSON field. */
export type JsonIndex =
  | { readonly castType: 'DOUBLE'; readonly numbers: NumberIndex; readonly bigs: ReadonlyMap<number, bigint> }
  | { readonly castType: 'VARCHAR'; readonly texts: TextIndex }
  /** 0 and 1. */
  | { readonly castType: 'BOOL'; readonly numbers: NumberIndex };

export async function buildJsonIndex(
  path: JsonPath,
  castType: JsonCastType,
  chunks: ColumnChunks,
  rowCount: number,
  slice: TimeSlice,
): Promise<JsonIndex> {
  const numbers = new NumberItems(DataType.Double);
  const texts = new TextItems();
  const bigs = new Map<number, bigint>();
  for (let chunk = 0; chunk < chunks.chunkCount; chunk++) {
    const values = new JsonPathColumn(chunks.chunk(chunk) as BytesColumn, path);
    const firstRow = chunk << CHUNK_SHIFT;
    if (castType === 'DOUBLE') addNumbers(values, firstRow, numbers, bigs);
    else if (castType === 'VARCHAR') addTexts(values, firstRow, texts);
    else addBooleans(values, firstRow, numbers);
    if (slice.isOver()) await slice.next();
  }
  if (castType === 'VARCHAR') return { castType, texts: await texts.build(rowCount, true, slice) };
  const index = await numbers.build(rowCount, true, slice);
  return castType === 'DOUBLE' ? { castType, numbers: index, bigs } : { castType, numbers: index };
}

/** Rows that pass; undefined if the test is also about values of another type. */
export function lookUpJson(index: JsonIndex, test: JsonTest): Uint8Array | undefined {
  const { numbers, texts, booleans, lists } = test;
  if (lists) return undefined;
  const asksBooleans = booleans !== undefined && (booleans.whenTrue || booleans.whenFalse);
  switch (index.castType) {
    case 'DOUBLE':
      return numbers && !texts && !asksBooleans ? lookUpNumbers(index, numbers) : undefined;
    case 'VARCHAR':
      return texts && !numbers && !asksBooleans ? index.texts.matching(texts) : undefined;
    case 'BOOL': {
      if (!booleans || numbers || texts) return undefined;
      return index.numbers.oneOf([...(booleans.whenFalse ? [0] : []), ...(booleans.whenTrue ? [1] : [])]);
    }
  }
}

function lookUpNumbers(index: JsonIndex & { castType: 'DOUBLE' }, test: NumberTest): Uint8Array | undefined {
  const bits =
    test.type === 'interval'
      ? index.numbers.between(test.interval.lo, test.interval.hi)
      : index.numbers.oneOf([...test.keys]);
  if (!bits) return undefined;
  for (const [row, value] of index.bigs) {
    if (test.type === 'set' ? test.keys.has(value) : test.big(value)) bits[row >>> 3]! |= 1 << (row & 7);
  }
  return bits;
}

function addNumbers(values: JsonPathColumn, firstRow: number, numbers: NumberItems, bigs: Map<number, bigint>): void {
  for (const [row, value] of values.bigs) bigs.set(firstRow + row, value);
  for (const [row, kind] of values.kinds.entries()) {
    if (kind === JSON_KIND.integer || kind === JSON_KIND.double)
      numbers.addNumber(values.numbers[row]!, firstRow + row);
  }
}

function addTexts(values: JsonPathColumn, firstRow: number, texts: TextItems): void {
  for (const [row, text] of values.unescaped) texts.addText(text, 0, text.length, firstRow + row);
  for (const [row, kind] of values.kinds.entries()) {
    if (kind === JSON_KIND.string) texts.addText(values.bytes, values.starts[row]!, values.ends[row]!, firstRow + row);
  }
}

function addBooleans(values: JsonPathColumn, firstRow: number, numbers: NumberItems): void {
  for (const [row, kind] of values.kinds.entries()) {
    if (kind === JSON_KIND.true || kind === JSON_KIND.false)
      numbers.addNumber(kind === JSON_KIND.true ? 1 : 0, firstRow + row);
  }
}
