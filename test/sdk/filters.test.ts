import { DataType, type FieldType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, expect, test } from 'vitest';
import { failsWith, ok } from './support/answers.ts';
import { chapter, feature } from './support/chapter.ts';
import { createLoaded, keyField, rowsOf, vectorField } from './support/rows.ts';

const DIM = 4;
const ROWS = 600;
const index = { index_type: 'FLAT', metric_type: 'L2' };
const SECTIONS = ['games', 'net', 'libs', 'doc', 'python'] as const;

const fields: FieldType[] = [
  keyField,
  vectorField(DIM),
  { name: 'size', data_type: DataType.Int64 },
  { name: 'small', data_type: DataType.Int8 },
  { name: 'price', data_type: DataType.Double },
  { name: 'free', data_type: DataType.Bool },
  { name: 'section', data_type: DataType.VarChar, max_length: 16 },
  { name: 'tags', data_type: DataType.Array, element_type: DataType.VarChar as never, max_capacity: 8, max_length: 16 },
  { name: 'counts', data_type: DataType.Array, element_type: DataType.Int64 as never, max_capacity: 8 },
  { name: 'doc', data_type: DataType.JSON },
];

const rows = rowsOf(ROWS, DIM, (i) => ({
  size: (i * 7919) % 1000,
  small: (i % 256) - 128,
  price: i / 7,
  free: i % 3 === 0,
  section: SECTIONS[i % 5]!,
  tags: Array.from({ length: i % 4 }, (_, k) => `tag${(i + k) % 6}`),
  counts: Array.from({ length: i % 3 }, (_, k) => (i + k) % 9),
  doc: {
    n: i % 4 === 0 ? `${i % 10}` : i % 10,
    deep: { list: [i % 3, 'x', i % 2 === 0] },
    ...(i % 5 === 0 && { maybe: null }),
  },
  color: i % 7,
}));
type Film = (typeof rows)[number];

/** A filter, and what it says in JavaScript. */
type Case = readonly [filter: string, holds: (row: Film) => boolean, values?: Readonly<Record<string, unknown>>];

const CASES: Readonly<Record<string, readonly Case[]>> = {
  'comparisons, ranges, in': [
    ['size == 7', ({ size }) => size === 7],
    ['size != 7', ({ size }) => size !== 7],
    ['100 < size <= 200', ({ size }) => size > 100 && size <= 200],
    ['200 >= size > 100', ({ size }) => size > 100 && size <= 200],
    ['small in [-128, 0, 5]', ({ small }) => [-128, 0, 5].includes(small)],
    ['section not in ["games", "net"]', ({ section }) => !['games', 'net'].includes(section)],
    ['free == true and section == "doc"', ({ free, section }) => free && section === 'doc'],
    ['free == true or not (section == "doc") ', ({ free, section }) => free || section !== 'doc'],
    [
      '!(size < 500 && price >= 10.5) || id in [1, 2]',
      ({ size, price, id }) => !(size < 500 && price >= 10.5) || id === 1 || id === 2,
    ],
  ],
  'arithmetic and bits': [
    ['size % 10 == 3', ({ size }) => size % 10 === 3],
    ['small * 2 + 1 > 100', ({ small }) => small * 2 + 1 > 100],
    ['size / 7 == 5', ({ size }) => Math.trunc(size / 7) === 5],
    ['(size & 7) == 5', ({ size }) => (size & 7) === 5],
    ['price > 2 ** 5', ({ price }) => price > 32],
    ['size > small', ({ size, small }) => size > small],
  ],
  like: [
    ['section like "%o%"', ({ section }) => section.includes('o')],
    ['section like "_et"', ({ section }) => section === 'net'],
    ['section like "p%n"', ({ section }) => section === 'python'],
    ['section like "lib\\\\_"', () => false],
  ],
  arrays: [
    ['array_contains(tags, "tag3")', ({ tags }) => tags.includes('tag3')],
    ['ARRAY_CONTAINS_ALL(tags, ["tag1", "tag2"])', ({ tags }) => tags.includes('tag1') && tags.includes('tag2')],
    ['array_contains_any(counts, [1, 5])', ({ counts }) => counts.includes(1) || counts.includes(5)],
    ['array_length(tags) == 2', ({ tags }) => tags.length === 2],
    ['counts[0] > 4', ({ counts }) => counts.length > 0 && counts[0]! > 4],
    ['tags[1] == "tag2"', ({ tags }) => tags[1] === 'tag2'],
    ['counts == [3, 4]', ({ counts }) => counts.length === 2 && counts[0] === 3 && counts[1] === 4],
  ],
  'JSON and the dynamic field': [
    ['doc["n"] == 3', ({ doc }) => doc.n === 3],
    ['doc["n"] == "4"', ({ doc }) => doc.n === '4'],
    ['doc["n"] in [3, "4"]', ({ doc }) => doc.n === 3 || doc.n === '4'],
    ['doc["deep"]["list"][0] == 2', ({ doc }) => doc.deep.list[0] === 2],
    ['json_contains(doc["deep"]["list"], true)', ({ id }) => id % 2 === 0],
    ['json_contains_all(doc["deep"]["list"], [1, "x"])', ({ id }) => id % 3 === 1],
    ['json_contains_any(doc["deep"]["list"], [2, false])', ({ id }) => id % 3 === 2 || id % 2 === 1],
    ['exists doc["n"]', () => true],
    ['exists doc["nothing"]', () => false],
    ['doc["maybe"] is null', () => true],
    ['color == 3', ({ color }) => color === 3],
    ['$meta["color"] > 4', ({ color }) => color > 4],
    ['missing == 3', () => false],
  ],
  templates: [
    ['size in {sizes}', ({ size }) => [7, 919].includes(size), { sizes: [7, 919] }],
    [
      'section == {name} and price < {most}',
      ({ section, price }) => section === 'net' && price < 40.5,
      { name: 'net', most: 40.5 },
    ],
    ['free == {flag}', ({ free }) => !free, { flag: false }],
    [
      'array_contains_any(tags, {tags})',
      ({ tags }) => tags.includes('tag0') || tags.includes('tag5'),
      { tags: ['tag0', 'tag5'] },
    ],
    ['json_contains(doc["deep"]["list"], {x})', () => true, { x: 'x' }],
    ['{low} <= size < {high}', ({ size }) => size >= 10 && size < 20, { low: 10, high: 20 }],
  ],
};

chapter('Filters', (sdk) => {
  let collection_name: string;
  beforeAll(async () => {
    collection_name = await createLoaded(sdk, 'filtered', {
      fields,
      index,
      rows: rows.slice(0, ROWS / 2),
      enable_dynamic_field: true,
    });
    ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
    ok(await sdk.client.insert({ collection_name, data: rows.slice(ROWS / 2) }));
  });

  const idsOf = async (filter: string, exprValues?: Case[2]) => {
    const request = { collection_name, filter, output_fields: ['id'], limit: ROWS, ...(exprValues && { exprValues }) };
    return ok(await sdk.client.query(request as never)).data.map(({ id }) => Number(id));
  };
  const expected = (holds: Case[1]) => rows.filter(holds).map(({ id }) => id);

  for (const [name, cases] of Object.entries(CASES)) {
    feature(name, () => {
      for (const [filter, holds, values] of cases) {
        test(filter, async () => expect(await idsOf(filter, values)).toEqual(expected(holds)));
      }
    });
  }

  feature('random_sample', () => {
    test('takes some of the rows', async () => {
      const sampled = await idsOf('random_sample(0.3)');
      expect(sampled.length).toBeGreaterThan(ROWS * 0.1);
      expect(sampled.length).toBeLessThan(ROWS * 0.5);
      const odd = await idsOf('id % 2 == 1 and random_sample(0.5)');
      expect(odd.every((id) => id % 2 === 1)).toBe(true);
      expect(odd.length).toBeLessThan(ROWS / 2);
    });
  });

  feature('a search and a delete by filter', () => {
    test('the nearest of those that pass', async () => {
      const filter = 'array_contains(tags, "tag3") and size < 500';
      const request = { collection_name, data: [rows[0]!.vector], filter, limit: 50, output_fields: ['size', 'tags'] };
      const { results } = ok(await sdk.client.search(request as never));
      expect(results.length).toBe(50);
      for (const { size, tags } of results as unknown as Film[]) {
        expect(Number(size)).toBeLessThan(500);
        expect(tags).toContain('tag3');
      }
    });
  });

  feature('scalar indexes', () => {
    const indexed: readonly [field: string, type: string, params?: object][] = [
      ['size', 'STL_SORT'],
      ['small', 'BITMAP'],
      ['price', 'INVERTED'],
      ['free', 'BITMAP'],
      ['section', 'Trie'],
      ['tags', 'BITMAP'],
      ['counts', 'AUTOINDEX'],
      ['doc', 'INVERTED', { json_path: 'doc["n"]', json_cast_type: 'double' }],
      ['color', 'INVERTED', { json_path: 'color', json_cast_type: 'double' }],
    ];

    test('are built, described and finished', async () => {
      for (const [field_name, index_type, params] of indexed) {
        const index_name = `by_${field_name}`;
        ok(await sdk.client.createIndex({ collection_name, field_name, index_name, index_type, params } as never));
        const { index_descriptions } = ok(await sdk.client.describeIndex({ collection_name, index_name } as never));
        expect(index_descriptions).toMatchObject([{ index_name, state: 'Finished', pending_index_rows: '0' }]);
        expect(index_descriptions[0]!.params).toContainEqual({ key: 'index_type', value: index_type });
      }
    });

    test('give the same rows as before, while they are built and afterwards', async () => {
      for (const [filter, holds, values] of Object.values(CASES).flat()) {
        // Brackets make a new text: nothing is remembered of the one before.
        for (const text of [`(${filter})`, `((${filter}))`, `(((${filter})))`]) {
          expect(await idsOf(text, values), text).toEqual(expected(holds));
        }
      }
    });

    test.each([
      ['price', 'BITMAP', {}, /bitmap index are only supported on bool, int, string/],
      ['size', 'Trie', {}, /TRIE are only supported on varchar field/],
      ['doc', 'STL_SORT', {}, /STL_SORT are only supported on/],
      ['doc', 'INVERTED', {}, /json index must specify cast type/],
      ['doc', 'INVERTED', { json_path: 'other["n"]', json_cast_type: 'double' }, /json_path other\["n"\]/],
    ])('%s by %s %o is refused', async (field_name, index_type, params, reason) => {
      const request = { collection_name, field_name, index_name: 'refused', index_type, params };
      failsWith(await sdk.client.createIndex(request as never), 1100, reason);
    });
  });

  feature('errors name the place, and killers do no harm', () => {
    const terms = Array.from({ length: 700_000 }, (_, i) => `size == ${i}`);
    test.each([
      [
        'a word that is no field',
        'sizes == 1 and',
        /failed to create query plan: cannot parse expression: sizes == 1 and/,
      ],
      ['types that do not compare', 'section > 5', /comparisons between field section of type VarChar/],
      ['a million brackets', '('.repeat(1_000_000), /nested deeper than 128/],
      ['a million square brackets', `size in ${'['.repeat(1_000_000)}`, /nested deeper than 128/],
      ['700,000 terms', terms.join(' or '), /more than 20000 nodes/],
      ['division by zero', 'size / 0 == 1', /division or modulus by zero/],
    ])('%s', async (_, filter, reason) => {
      failsWith(await sdk.client.query({ collection_name, filter, limit: 1 } as never), 1100, reason);
      expect(await idsOf('size == 7')).toEqual(expected(({ size }) => size === 7));
    });

    test('100,000 values in a list', async () => {
      const sizes = Array.from({ length: 100_000 }, (_, i) => i * 3);
      expect(await idsOf(`size in [${sizes.join()}]`)).toEqual(expected(({ size }) => size % 3 === 0));
      expect(await idsOf('size not in {sizes}', { sizes })).toEqual(expected(({ size }) => size % 3 !== 0));
    });
  });
});
