import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { IndexRecord } from '../../../../core/catalog.ts';
import type { ArrayElement } from '../../../../core/columns/array-values.ts';
import { sliceColumn } from '../../../../core/columns/column-operations.ts';
import { compileFilter } from '../../../../core/filter/compile-filter.ts';
import { fieldByName } from '../../../../core/schema/collection-schema.ts';
import { type ColumnChunks, chunkCountOf, fixedChunks, rowsOfChunk } from '../../../../node/segment/column-chunks.ts';
import { FilterResults } from '../../../../node/segment/filter-results.ts';
import { LIMITS } from '../../../../node/segment/limits.ts';
import { offsetsOf } from '../../../../node/segment/row-bits.ts';
import { ScalarIndexes } from '../../../../node/segment/scalar-index/scalar-indexes.ts';
import { type Row, SCHEMA, sourceOf } from '../../../core/filter/support.ts';

const ROW_COUNT = 70_000;
const WORDS = ['', 'a', 'ab', 'abc', 'b', 'ä', 'abä', '日本', 'x\\y', 'zz'];

/** Rows that look random but are the same in every run. */
function rowOf(i: number): Row {
  const chance = (salt: number, below: number) =>
    Math.imul(i + salt, 0x9e3779b1) >>> 8 ? ((Math.imul(i ^ salt, 0x85ebca6b) >>> 7) + i * salt) % below : 0;
  const isNull = i % 11 === 0;
  const word = WORDS[chance(1, WORDS.length)]!;
  const json = {
    n: i % 3 === 0 ? word : i % 7 === 0 ? i / 4 : chance(5, 1000),
    w: i % 5 === 0 ? chance(6, 9) : word,
    b: i % 2 === 0,
  };
  const big = `{"n": ${2n ** 53n + BigInt(i % 4)}, "w": "esc\\u0061ped", "b": null}`;
  return {
    id: BigInt(i),
    b: isNull ? null : i % 3 === 0,
    i8: isNull ? null : chance(2, 256) - 128,
    i32: chance(3, ROW_COUNT),
    i64: isNull ? null : BigInt(chance(4, 5000)) * 2n ** 48n - 2n ** 60n,
    f: isNull ? null : Math.fround(chance(7, 300) / 10),
    d: i % 13 === 0 ? Number.NaN : chance(8, ROW_COUNT) / 7,
    s: isNull ? null : `${word}${chance(9, 800)}`,
    t: word,
    at: BigInt(chance(10, 1_000_000)),
    j: isNull ? null : i % 1000 === 1 ? big : JSON.stringify(json),
    ints: isNull ? null : Array.from({ length: i % 4 }, (_, k): ArrayElement => BigInt((i * (k + 1)) % 50)),
    words: Array.from({ length: i % 3 }, (_, k): ArrayElement => WORDS[(i + k * 3) % WORDS.length]!),
    $meta: JSON.stringify({ color: i % 9 }),
  };
}

const INDEXED = ['b', 'i8', 'i32', 'i64', 'f', 'd', 's', 't', 'at', 'ints', 'words'];
const RECORDS: IndexRecord[] = [
  ...INDEXED.map((name) => record(name, {})),
  record('j', { json_path: 'j["n"]', json_cast_type: 'DOUBLE' }),
  record('j', { json_path: 'j["n"]', json_cast_type: 'varchar' }),
  record('j', { json_path: 'j["w"]', json_cast_type: 'VARCHAR' }),
  record('j', { json_path: 'j["b"]', json_cast_type: 'BOOL' }),
  record('$meta', { json_path: 'color', json_cast_type: 'DOUBLE' }),
];

function record(field: string, params: Record<string, string>): IndexRecord {
  return { id: 1, name: field, fieldId: fieldByName(SCHEMA, field)!.id, indexType: 'INVERTED', params };
}

let columns: ReadonlyMap<number, ColumnChunks>;
let indexes: ScalarIndexes;

beforeAll(async () => {
  const source = sourceOf(Array.from({ length: ROW_COUNT }, (_, i) => rowOf(i)));
  const entries = SCHEMA.fields.flatMap((field) => {
    const column = source.column(field.id);
    if (!column) return [];
    const chunks = Array.from({ length: chunkCountOf(ROW_COUNT) }, (_, chunk) => {
      const from = chunk * LIMITS.chunkRows;
      return sliceColumn(column, from, from + rowsOfChunk(chunk, ROW_COUNT));
    });
    return [[field.id, fixedChunks(chunks)] as const];
  });
  columns = new Map(entries);
  indexes = new ScalarIndexes(columns, ROW_COUNT);
  indexes.configure(SCHEMA, RECORDS);
  const all = [
    'b == true',
    'i8 == 1',
    'i32 == 1',
    'i64 == 1',
    'f == 1',
    'd == 1',
    's == "a"',
    't == "a"',
    "at < ISO '1970-01-01'",
  ];
  all.push(
    'array_contains(ints, 1)',
    'array_contains(words, "a")',
    'j["n"] == 1',
    'j["w"] == "a"',
    'j["b"] == true',
    'color == 1',
  );
  for (const text of all) expect(compileFilter(text, SCHEMA).fromIndexes(indexes.lookup()!), text).toBeUndefined();
  await indexes.settled();
  for (const text of all) expect(compileFilter(text, SCHEMA).fromIndexes(indexes.lookup()!), text).toBeDefined();
}, 60_000);

async function rowsOf(text: string, lookup: boolean): Promise<Uint32Array> {
  const results = new FilterResults({ columns, ...(lookup && { lookup: () => indexes.lookup() }) });
  const rows = await results.rows(compileFilter(text, SCHEMA), ROW_COUNT, []);
  return offsetsOf(rows, ROW_COUNT);
}

/** Texts of conditions, and whether an index answers all of them (`full`), some (`part`) or nothing (`none`). */
const CASES: readonly (readonly [string, 'full' | 'part' | 'none'])[] = [
  ['i32 == 4711', 'full'],
  ['i32 != 4711', 'full'],
  ['10000 <= i32 < 60000', 'full'],
  ['i32 >= 69999', 'full'],
  ['i32 > 100000', 'full'],
  ['not (i8 > 3)', 'full'],
  ['i8 in [1, 2, -100, 500]', 'full'],
  ['i8 not in [1, 2]', 'full'],
  ['i64 < -1152921504606846975', 'full'],
  ['i64 in [-1152921504606846976, 7]', 'full'],
  [`i32 in [${Array.from({ length: 6000 }, (_, i) => i * 11).join()}]`, 'none'],
  [`i64 in [${Array.from({ length: 6000 }, (_, i) => BigInt(i) * 2n ** 48n - 2n ** 60n).join()}]`, 'full'],
  ['b == true', 'full'],
  ['b != true', 'full'],
  ['b in [true, false]', 'full'],
  ['f == 0.1', 'full'],
  ['f in [0.1, 0.2]', 'full'],
  ['d > 5000.5', 'full'],
  ['not (d > 5000.5)', 'full'],
  ['s == "ab7"', 'full'],
  ['s != "ab7"', 'full'],
  ['s like "ab%"', 'full'],
  ['s like "ab_"', 'full'],
  ['s like "%7%"', 'full'],
  ['not (s like "%7%")', 'full'],
  ['s like "日%1"', 'full'],
  ['"ab" < s <= "b5"', 'full'],
  ['s in ["a1", "b2", "", "nope"]', 'full'],
  ['t == ""', 'full'],
  ['t like "%"', 'full'],
  ["at >= ISO '1970-01-01T00:00:00.5Z'", 'full'],
  ['array_contains(ints, 3)', 'full'],
  ['not array_contains(ints, 3)', 'full'],
  ['array_contains_any(ints, [1, 49])', 'full'],
  ['array_contains_all(ints, [2, 4])', 'full'],
  ['array_contains_all(ints, [2, 4.5])', 'full'],
  ['array_contains_all(ints, [])', 'none'],
  ['array_contains_any(words, ["ä", "zz"])', 'full'],
  ['array_contains_all(words, ["ä", "a"])', 'full'],
  ['ints[0] == 3', 'none'],
  ['j["n"] > 500', 'full'],
  ['j["n"] != 7', 'full'],
  ['j["n"] in [1, 2.25, 9007199254740993]', 'full'],
  ['j["n"] == 9007199254740993', 'full'],
  ['j["n"] >= 9007199254740993', 'full'],
  ['j["n"] == "abc"', 'full'],
  ['j["n"] in [1, "abc"]', 'none'],
  ['j["w"] like "esc%"', 'full'],
  ['not (j["w"] like "a%")', 'full'],
  ['j["w"] == 3', 'none'],
  ['j["b"] == true', 'full'],
  ['j["b"] != true', 'full'],
  ['j["other"] == 1', 'none'],
  ['color == 3', 'full'],
  ['i32 < 100 and s like "a%"', 'full'],
  ['i32 < 100 or t == "b"', 'full'],
  ['i32 < 100 and j["other"] is null', 'part'],
  ['i32 < 60000 and i32 % 2 == 0', 'part'],
  ['i32 < 50 and i32 % 2 == 0', 'part'],
  ['i32 < 50 and ints[0] != 3 and array_length(words) == 1', 'part'],
  ['i32 < 50 and not (i32 % 2 == 0 or s == "a1")', 'part'],
  ['(i32 < 50 and i32 % 2 == 0) or i8 == 3', 'part'],
  ['i32 % 2 == 0 or i8 == 3', 'none'],
  ['i32 < 0 and i32 % 2 == 0', 'part'],
];

describe('an index gives the rows that a scan gives', () => {
  it.each(CASES)('%s', async (text, expected) => {
    const answer = compileFilter(text, SCHEMA).fromIndexes(indexes.lookup()!);
    expect(answer ? (answer.rest ? 'part' : 'full') : 'none').toBe(expected);
    expect(await rowsOf(text, true)).toEqual(await rowsOf(text, false));
  });

  it('of any combination', async () => {
    const leaf = fc.constantFrom(...CASES.map(([text]) => `(${text})`).filter((text) => text.length < 100));
    const tree = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3, depthSize: 'small' },
        leaf,
        fc.tuple(tie('node'), fc.constantFrom('and', 'or'), tie('node')).map(([a, word, b]) => `(${a} ${word} ${b})`),
        tie('node').map((node) => `(not ${node})`),
      ),
    })).node;
    await fc.assert(
      fc.asyncProperty(tree, async (text) => {
        expect(await rowsOf(text, true), text).toEqual(await rowsOf(text, false));
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});

describe('the indexes of a segment', () => {
  it('follow those of the collection', async () => {
    const own = new ScalarIndexes(columns, ROW_COUNT);
    expect(own.lookup()).toBeUndefined();
    own.configure(SCHEMA, [record('i8', {})]);
    const filter = compileFilter('i8 == 1', SCHEMA);
    expect(filter.fromIndexes(own.lookup()!)).toBeUndefined();
    await own.settled();
    expect(filter.fromIndexes(own.lookup()!)).toBeDefined();
    const { memoryBytes } = own;
    expect(memoryBytes).toBeGreaterThan(ROW_COUNT * 3);
    own.configure(SCHEMA, [record('i8', {}), record('i32', {})]);
    expect(filter.fromIndexes(own.lookup()!)).toBeDefined();
    expect(own.memoryBytes).toBe(memoryBytes);
    own.configure(SCHEMA, [record('i32', {})]);
    expect(filter.fromIndexes(own.lookup()!)).toBeUndefined();
    own.close();
    expect(own.lookup()).toBeUndefined();
  });

  it('of fields that are younger than the segment answer nothing', async () => {
    const own = new ScalarIndexes(new Map(), ROW_COUNT);
    own.configure(SCHEMA, [record('i8', {})]);
    for (let i = 0; i < 2; i++) {
      expect(compileFilter('i8 == 1', SCHEMA).fromIndexes(own.lookup()!)).toBeUndefined();
      await own.settled();
    }
  });
});
