import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Column } from '../../../core/columns/column.ts';
import { bytesColumnFrom, sliceColumn } from '../../../core/columns/column-operations.ts';
import { compileFilter } from '../../../core/filter/compile-filter.ts';
import { parseFilter } from '../../../core/filter/syntax/parse-filter.ts';
import { printFilter } from '../../../core/filter/syntax/print-filter.ts';
import { functionOutputs } from '../../../core/rows/function-outputs.ts';
import { type CollectionSchema, fieldByName, isHidden } from '../../../core/schema/collection-schema.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { type FieldDraft, validateCollectionSchema } from '../../../core/schema/validate-collection-schema.ts';

function field(name: string, dataType: DataType, change: Partial<FieldDraft> = {}): FieldDraft {
  const flags = { isPrimaryKey: false, autoId: false, nullable: false, isPartitionKey: false, isClusteringKey: false };
  return { name, dataType, description: '', ...flags, typeParams: {}, ...change };
}

function schemaOf(withBm25: boolean): CollectionSchema {
  const text = { max_length: '1000', enable_analyzer: 'true', enable_match: 'true' };
  const bm25 = { name: 'bm25', description: '', type: 'BM25', inputFieldNames: ['text'], outputFieldNames: ['sparse'] };
  return validateCollectionSchema({
    name: 'texts',
    description: '',
    enableDynamicField: true,
    autoId: false,
    fields: [
      field('id', DataType.Int64, { isPrimaryKey: true }),
      field('text', DataType.VarChar, { typeParams: text, nullable: !withBm25 }),
      field('plain', DataType.VarChar, { typeParams: { max_length: '10' } }),
      field('sparse', DataType.SparseFloatVector),
    ],
    functions: withBm25 ? [{ ...bm25, params: {} }] : [],
    structs: [],
  });
}

async function rowsThatPass(schema: CollectionSchema, filter: string, texts: readonly (string | undefined)[]) {
  const id = fieldByName(schema, 'text')!.id;
  const columns = new Map<number, Column>([[id, bytesColumnFrom(DataType.VarChar, texts)]]);
  for (const [fieldId, column] of await functionOutputs(schema, columns)) columns.set(fieldId, column);
  const passing: number[] = [];
  const compiled = compileFilter(filter, schema);
  // Two pieces: slices have offsets that do not begin at 0.
  for (const [from, to] of [
    [0, texts.length >> 1],
    [texts.length >> 1, texts.length],
  ] as const) {
    const out = new Uint8Array(Math.ceil((to - from) / 8));
    const column = (fieldId: number) => sliceColumn(columns.get(fieldId)!, from, to);
    compiled.evaluate({ rowCount: to - from, column }, out);
    for (let row = from; row < to; row++) if ((out[(row - from) >> 3]! >> ((row - from) & 7)) & 1) passing.push(row);
  }
  return passing;
}

const words = fc.array(fc.constantFrom('red', 'green', 'blue', 'dark', 'light'), { maxLength: 7 });

describe.each([true, false])('with BM25 for the same text: %s', (withBm25) => {
  const schema = schemaOf(withBm25);

  test('text_match finds rows with enough of the words', () =>
    fc.assert(
      fc.asyncProperty(fc.array(words), words, fc.integer({ min: 1, max: 4 }), async (rows, query, least) => {
        const filter = `text_match(text, "${query.join(' ')}", minimum_should_match = ${least})`;
        const expected = rows.flatMap((row, i) =>
          new Set(query.filter((w) => row.includes(w))).size >= least ? [i] : [],
        );
        const texts = rows.map((row) => row.join(', '));
        expect(await rowsThatPass(schema, filter, texts)).toEqual(expected);
        const others = rows.flatMap((_, i) => (expected.includes(i) ? [] : [i]));
        expect(await rowsThatPass(schema, `not ${filter}`, texts)).toEqual(others);
      }),
    ));

  test('phrase_match finds the words one after the other', () =>
    fc.assert(
      fc.asyncProperty(fc.array(words), words, async (rows, query) => {
        const phrase = ` ${query.join(' ')} `;
        const expected = rows.flatMap((row, i) =>
          query.length > 0 && ` ${row.join(' ')} `.includes(phrase) ? [i] : [],
        );
        const filter = `PHRASE_MATCH(text, '${query.join(' ')}')`;
        expect(
          await rowsThatPass(
            schema,
            filter,
            rows.map((row) => row.join(' ')),
          ),
        ).toEqual(expected);
      }),
    ));
});

const plain = schemaOf(false);

test.each([
  ['machine learning', 0, [0]],
  ['machine learning', 1, [0, 1]],
  ['machine learning', 2, [0, 1, 2, 3]],
  ['learning', 0, [0, 1, 2, 3, 4]],
])('phrase %j with slop %i', async (phrase, slop, expected) => {
  const texts = [
    'about machine learning',
    'machine based learning',
    'learning machine',
    'machine that is learning',
    'machine with nothing in it that is learning',
  ];
  expect(await rowsThatPass(plain, `phrase_match(text, "${phrase}", ${slop})`, texts)).toEqual(expected);
});

test('rows without a text are neither in nor out', async () => {
  const texts = ['red', undefined, 'blue'];
  expect(await rowsThatPass(plain, "text_match(text, 'red')", texts)).toEqual([0]);
  expect(await rowsThatPass(plain, "not text_match(text, 'red')", texts)).toEqual([2]);
});

test('words come from templates, too', () => {
  const templates = new Map([['words', 'red blue']]);
  expect(compileFilter('text_match(text, {words})', plain, templates).fieldIds).toHaveLength(2);
});

test.each([
  ["text_match(plain, 'x')", 'field plain does not enable match'],
  ["text_match(id, 'x')", 'text_match on non-string is unsupported, id is'],
  ["phrase_match(other, 'x')", 'phrase_match on non-string is unsupported'],
  ['text_match(text, 3)', 'the second argument of text_match must be a string'],
  ["text_match(text, 'x', minimum_should_match = 0)", 'minimum_should_match should be in range [1, 1000], but got 0'],
  ["text_match(text, 'x', 3)", "'minimum_should_match = …'"],
  ["phrase_match(text, 'x', 'y')", 'a whole number (slop)'],
])('refuses %s', (filter, message) => {
  expect(() => compileFilter(filter, plain)).toThrow(message);
});

test.each([
  'text_match(text, "a b")',
  'text_match(text, {words}, minimum_should_match = 2)',
  'phrase_match(text, "a b")',
  'phrase_match(text, "a b", 2)',
])('%s is printed as it is read', (filter) => {
  expect(printFilter(parseFilter(filter))).toBe(filter);
});

test('what is kept for text_match is hidden, and not kept twice', () => {
  expect(plain.fields.filter(isHidden).map(({ name }) => name)).toEqual(['$terms(text)', '$meta']);
  expect(
    schemaOf(true)
      .fields.filter(isHidden)
      .map(({ name }) => name),
  ).toEqual(['$meta']);
});
