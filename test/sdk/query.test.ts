import { DataType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, expect, test } from 'vitest';
import { failsWith, ok } from './support/answers.ts';
import { chapter, feature } from './support/chapter.ts';
import { createLoaded, keyField, rowsOf, vectorField } from './support/rows.ts';

const DIM = 4;
const ROWS = 200;
const index = { index_type: 'FLAT', metric_type: 'L2' };
const fields = [
  keyField,
  vectorField(DIM),
  { name: 'year', data_type: DataType.Int32 },
  { name: 'score', data_type: DataType.Double },
  { name: 'title', data_type: DataType.VarChar, max_length: 64 },
];
const rows = rowsOf(ROWS, DIM, (i) => ({ year: 1950 + (i % 70), score: i / 3, title: `film ${i}` }));

chapter('Query', (sdk) => {
  let collection_name: string;
  beforeAll(async () => {
    // Half of the rows sealed, half growing; keys in no order.
    const mixed = rows.toSorted((left, right) => ((left.id * 37) % ROWS) - ((right.id * 37) % ROWS));
    collection_name = await createLoaded(sdk, 'queried', { fields, index, rows: mixed.slice(0, ROWS / 2) });
    ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
    ok(await sdk.client.insert({ collection_name, data: mixed.slice(ROWS / 2) }));
  });

  const idsOf = async (more: object) =>
    ok(await sdk.client.query({ collection_name, output_fields: ['id'], ...more } as never)).data.map(({ id }) =>
      Number(id),
    );

  feature('rows by filter, in the order of their keys', () => {
    test('all fields with *', async () => {
      const { data } = ok(await sdk.client.query({ collection_name, filter: 'id in [150, 3]', output_fields: ['*'] }));
      expect(data).toEqual([3, 150].map((i) => ({ ...rows[i]!, id: String(i) })));
    });

    test('a filter finds what it says', async () => {
      const wanted = rows.filter(({ year, score }) => year >= 2000 && score < 50).map(({ id }) => id);
      expect(await idsOf({ filter: 'year >= 2000 and score < 50.0', limit: 1_000 })).toEqual(wanted);
    });

    test('nothing found is no error', async () => {
      expect(await idsOf({ filter: 'id > 100000' })).toEqual([]);
    });
  });

  feature('limit and offset', () => {
    test('pages follow each other', async () => {
      const pages: number[] = [];
      for (let offset = 0; offset < ROWS; offset += 30)
        pages.push(...(await idsOf({ filter: 'id >= 0', limit: 30, offset })));
      expect(pages).toEqual(rows.map(({ id }) => id));
    });

    test.each([
      ['limit + offset above 16384', { filter: 'id >= 0', limit: 16_000, offset: 385 }, /\[1, 16384\]/],
      ['a negative offset', { filter: 'id >= 0', limit: 10, offset: -1 }, /offset \[-1\] is invalid/],
      ['no filter and no limit', { filter: '' }, /limit/],
      ['an unknown field', { filter: 'id >= 0', output_fields: ['nobody'] }, /field nobody not exist/],
    ])('%s is refused', async (_, more, reason) => {
      failsWith(await sdk.client.query({ collection_name, ...more } as never), 1100, reason);
    });
  });

  feature('count(*)', () => {
    test('of all, of some, of none', async () => {
      const count = async (expr: string) => ok(await sdk.client.count({ collection_name, expr })).data;
      expect([await count(''), await count('year < 1960'), await count('id < 0')]).toEqual([200, 30, 0]);
    });
  });

  feature('get by keys', () => {
    test('those that exist', async () => {
      const { data } = ok(await sdk.client.get({ collection_name, ids: [7, 999, 5], output_fields: ['id', 'title'] }));
      expect(data).toEqual([
        { id: '5', title: 'film 5' },
        { id: '7', title: 'film 7' },
      ]);
    });
  });

  feature('templated filters', () => {
    test('values of every kind', async () => {
      const template = async (filter: string, exprValues: object) => idsOf({ filter, exprValues, limit: 1_000 });
      expect(await template('id in {keys}', { keys: [4, 2] })).toEqual([2, 4]);
      expect(await template('title == {title}', { title: 'film 9' })).toEqual([9]);
      expect(await template('title in {titles}', { titles: ['film 9', 'film 11'] })).toEqual([9, 11]);
      expect(await template('score < {low} and id > {one}', { low: 1.5, one: 1 })).toEqual([2, 3, 4]);
      failsWith(
        await sdk.client.query({ collection_name, filter: 'id == {nobody}', exprValues: { other: 1 }, limit: 5 }),
        1100,
        /nobody/,
      );
    });
  });
});
