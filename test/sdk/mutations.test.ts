import { DataType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, expect, test } from 'vitest';
import { failsWith, ok, throwsWith } from './support/answers.ts';
import { chapter, feature } from './support/chapter.ts';
import { createLoaded, keyField, rowsOf, vectorField, vectorOf } from './support/rows.ts';

const DIM = 4;
const index = { index_type: 'FLAT', metric_type: 'L2' };
const fields = [keyField, vectorField(DIM), { name: 'title', data_type: DataType.VarChar, max_length: 64 }];
const rows = rowsOf(50, DIM, (i) => ({ title: `film ${i}` }));

chapter('Insert, upsert, delete', (sdk) => {
  const read = async (collection_name: string, filter: string, output_fields = ['id', 'title']) =>
    ok(await sdk.client.query({ collection_name, filter, output_fields, limit: 1_000 })).data;

  feature('insert', () => {
    let collection_name: string;
    beforeAll(async () => {
      collection_name = await createLoaded(sdk, 'inserted', { fields, index });
    });

    test('the answer names every row', async () => {
      const answer = ok(await sdk.client.insert({ collection_name, data: rows }));
      expect(answer.insert_cnt).toBe('50');
      expect(answer.succ_index).toEqual(rows.map((_, i) => i));
      expect(answer.err_index).toEqual([]);
      expect(answer.IDs).toMatchObject({ int_id: { data: rows.map(({ id }) => String(id)) } });
      expect(BigInt(answer.timestamp) >> 18n).toBeGreaterThan(BigInt(Date.now() - 60_000));
    });

    test('a key that comes twice is seen once, the newest', async () => {
      ok(await sdk.client.insert({ collection_name, data: [{ ...rows[3]!, title: 'newer' }] }));
      expect(await read(collection_name, 'id == 3')).toEqual([{ id: '3', title: 'newer' }]);
      const { results } = ok(
        await sdk.client.search({
          collection_name,
          data: rows[3]!.vector,
          limit: 2,
          output_fields: ['id', 'title'],
        }),
      );
      expect(results[0]).toMatchObject({ id: '3', title: 'newer' });
      expect(results[1]!.id).not.toBe('3');
    });

    test('a wrong dimension, a missing value and a text too long are refused, and nothing is written', async () => {
      const wrong = { id: 900, vector: [1, 2, 3], title: 'x' };
      const call = sdk.client.insert({ collection_name, data: [wrong] });
      const outcome = await call.then(
        ({ status }) => `${status.code} ${status.reason}`,
        (error: Error) => error.message,
      );
      expect(outcome).toMatch(/dim|length/i);
      const long = { id: 901, vector: vectorOf(901, DIM), title: 'x'.repeat(65) };
      failsWith(await sdk.client.insert({ collection_name, data: [long] }), 1100, /length/);
      expect(await read(collection_name, 'id >= 900')).toEqual([]);
    });

    test('into a collection that is not there', async () => {
      await throwsWith(sdk.client.insert({ collection_name: 'nobody', data: rows }), 100, /find collection/);
    });
  });

  feature('keys the server gives', () => {
    test('grow in the order of the rows', async () => {
      const auto = [{ ...keyField, autoID: true }, ...fields.slice(1)];
      const collection_name = await createLoaded(sdk, 'auto', { fields: auto, index });
      const data = rows.map(({ vector, title }) => ({ vector, title }));
      const { IDs } = ok(await sdk.client.insert({ collection_name, data }));
      const keys = (IDs as unknown as { int_id: { data: string[] } }).int_id.data.map(BigInt);
      expect(keys).toHaveLength(rows.length);
      expect(keys.every((key, i) => key > (keys[i - 1] ?? 0n))).toBe(true);
      const found = await read(collection_name, 'id > 0');
      expect(found).toEqual(keys.map((key, i) => ({ id: String(key), title: `film ${i}` })));
    });

    test('texts as keys', async () => {
      const textKey = { name: 'id', data_type: DataType.VarChar, max_length: 40, is_primary_key: true };
      const collection_name = await createLoaded(sdk, 'texts', {
        fields: [textKey, ...fields.slice(1)],
        index,
        rows: rows.map((row) => ({ ...row, id: `key '${row.id}' ü` })),
      });
      const { data } = ok(
        await sdk.client.get({ collection_name, ids: ["key '7' ü", 'nobody'], output_fields: ['title'] }),
      );
      expect(data).toEqual([{ id: "key '7' ü", title: 'film 7' }]);
      ok(await sdk.client.delete({ collection_name, ids: ["key '7' ü"] }));
      expect(ok(await sdk.client.count({ collection_name })).data).toBe(rows.length - 1);
    });
  });

  feature('upsert', () => {
    test('replaces and adds', async () => {
      const collection_name = await createLoaded(sdk, 'upserted', { fields, index, rows: rows.slice(0, 10) });
      const data = [
        { ...rows[2]!, title: 'again' },
        { ...rows[20]!, title: 'new' },
      ];
      const answer = ok(await sdk.client.upsert({ collection_name, data }));
      expect(answer.upsert_cnt).toBe('2');
      expect(answer.IDs).toMatchObject({ int_id: { data: ['2', '20'] } });
      expect(await read(collection_name, 'id in [2, 20]')).toEqual([
        { id: '2', title: 'again' },
        { id: '20', title: 'new' },
      ]);
      expect(ok(await sdk.client.count({ collection_name })).data).toBe(11);
      await sdk.client.flushSync({ collection_names: [collection_name] });
      ok(await sdk.client.upsert({ collection_name, data: [{ ...rows[2]!, title: 'third' }] }));
      expect(await read(collection_name, 'id == 2')).toEqual([{ id: '2', title: 'third' }]);
      expect(ok(await sdk.client.count({ collection_name })).data).toBe(11);
    });
  });

  feature('delete', () => {
    test('by keys, by filter, with a template', async () => {
      const collection_name = await createLoaded(sdk, 'deleted', { fields, index, rows });
      const left = () => sdk.client.count({ collection_name }).then(({ data }) => data);
      expect(ok(await sdk.client.delete({ collection_name, ids: [1, 2, 3] })).delete_cnt).toBe('3');
      expect(await left()).toBe(47);
      ok(await sdk.client.delete({ collection_name, filter: 'title like "film 4%"' }));
      expect(await left()).toBe(36);
      ok(
        await sdk.client.delete({
          collection_name,
          filter: 'id in {keys}',
          exprValues: { keys: [5, 6, 7, 8] },
        }),
      );
      expect(await left()).toBe(32);
      expect(await read(collection_name, 'id < 12')).toEqual(
        [0, 9, 10, 11].map((id) => ({ id: String(id), title: `film ${id}` })),
      );
      await sdk.client.flushSync({ collection_names: [collection_name] });
      ok(await sdk.client.delete({ collection_name, filter: 'id == 0' }));
      expect(await left()).toBe(31);
      ok(await sdk.client.insert({ collection_name, data: [rows[0]!] }));
      expect(await read(collection_name, 'id == 0')).toEqual([{ id: '0', title: 'film 0' }]);
    });

    test('a filter that is none is refused', async () => {
      const collection_name = await createLoaded(sdk, 'kept', { fields, index, rows });
      failsWith(await sdk.client.delete({ collection_name, filter: 'title ==' }), 1100, /plan|parse/);
      expect(ok(await sdk.client.count({ collection_name })).data).toBe(rows.length);
    });
  });

  feature('dynamic fields', () => {
    test('are kept, read and filtered', async () => {
      const collection_name = await createLoaded(sdk, 'dynamic', {
        fields,
        index,
        enable_dynamic_field: true,
        rows: rows.map((row) => ({ ...row, stars: row.id % 6, cast: { lead: `actor ${row.id % 3}` } })),
      });
      const { data } = ok(
        await sdk.client.query({
          collection_name,
          filter: 'stars == 5 and cast["lead"] == "actor 2"',
          output_fields: ['id', 'stars', 'cast'],
          limit: 100,
        }),
      );
      const wanted = rows.filter(({ id }) => id % 6 === 5);
      expect(data).toEqual(
        wanted.map(({ id }) => ({ id: String(id), $meta: { stars: 5, cast: { lead: 'actor 2' } } })),
      );
    });
  });
});
