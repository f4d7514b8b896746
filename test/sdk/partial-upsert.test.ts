import { DataType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, expect, test } from 'vitest';
import { failsWith, ok, okData } from './support/answers.ts';
import { chapter, feature, uniqueName } from './support/chapter.ts';
import { httpChapter } from './support/http-chapter.ts';

const OUTPUT = ['id', 'name', 'age', 'tags', 'vector', 'color', 'size'];

chapter('Partial upsert', { since: '2.6' }, (sdk) => {
  let collection_name: string;

  beforeAll(async () => {
    collection_name = sdk.name('partial');
    ok(
      await sdk.client.createCollection({
        collection_name,
        consistency_level: 'Strong',
        enable_dynamic_field: true,
        fields: [
          { name: 'id', data_type: DataType.Int64, is_primary_key: true },
          { name: 'name', data_type: DataType.VarChar, max_length: 32 },
          { name: 'age', data_type: DataType.Int32, nullable: true },
          { name: 'tags', data_type: DataType.Array, element_type: DataType.Int32, max_capacity: 100 },
          { name: 'vector', data_type: DataType.FloatVector, dim: 2 },
        ],
        index_params: [{ field_name: 'vector', index_type: 'FLAT', metric_type: 'L2' }],
      }),
    );
    const row = (id: number) => ({ id, name: `n${id}`, age: id, tags: [id], vector: [id, 0], color: 'red', size: id });
    ok(await sdk.client.insert({ collection_name, data: [1, 2, 3, 4, 5].map(row) }));
    ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
    ok(await sdk.client.insert({ collection_name, data: [6, 7, 8].map(row) }));
    ok(await sdk.client.loadCollectionSync({ collection_name }));
  });

  const upsert = (data: object[], more: object = {}) =>
    sdk.client.upsert({ collection_name, data, partial_update: true, ...more } as never);
  const read = async (id: number, output_fields = OUTPUT) => {
    const { data } = ok(await sdk.client.query({ collection_name, filter: `id == ${id}`, output_fields }));
    expect(data).toHaveLength(1);
    // The SDK leaves dynamic keys together.
    const { $meta, ...row } = data[0]!;
    return { ...row, ...$meta };
  };

  feature('fields that are not sent stay', () => {
    test('in a sealed and in a growing segment', async () => {
      ok(await upsert([1, 6].map((id) => ({ id, name: `new${id}` }))));
      for (const id of [1, 6]) {
        expect(await read(id)).toMatchObject({ name: `new${id}`, age: id, tags: [id], vector: [id, 0], color: 'red' });
      }
    });

    test('null is a value, and dynamic keys are put in one by one', async () => {
      ok(await upsert([{ id: 2, age: null, color: 'blue' }]));
      expect(await read(2)).toMatchObject({ name: 'n2', age: null, color: 'blue', size: 2 });
    });

    test('a vector alone is found where it is now', async () => {
      ok(await upsert([{ id: 3, vector: [100, 0] }]));
      const { results } = ok(
        await sdk.client.search({ collection_name, data: [100, 0], limit: 1, output_fields: ['id', 'name'] }),
      );
      expect(results[0]).toMatchObject({ id: '3', name: 'n3', score: 0 });
    });
  });

  feature('a key that is not there', () => {
    test('is inserted, if no required field is missing', async () => {
      ok(await upsert([{ id: 20, name: 'n20', tags: [], vector: [20, 0] }]));
      expect(await read(20)).toMatchObject({ name: 'n20', age: null });
      failsWith(await upsert([{ id: 21, name: 'n21' }]), 1100, /vector|tags/);
    });
  });

  feature('updates at the same time', () => {
    test('none is lost', async () => {
      const names = Array.from({ length: 8 }, (_, i) => `key${i}`);
      const answers = await Promise.all(
        names.map((name, i) =>
          upsert([
            { id: 4, [name]: i },
            { id: 7, [name]: i },
          ]),
        ),
      );
      for (const answer of answers) ok(answer as never);
      for (const id of [4, 7]) {
        expect(await read(id, names)).toMatchObject(Object.fromEntries(names.map((name, i) => [name, i])));
      }
    });
  });

  if (sdk.since('3.0')) {
    feature('field_ops', () => {
      const change = (id: number, tags: number[], op: string) =>
        upsert([{ id, tags }], { field_ops: [{ field_name: 'tags', op }] });

      test('elements are put behind the others, or taken out', async () => {
        ok((await change(5, [7, 8, 7], 'ARRAY_APPEND')) as never);
        expect((await read(5)).tags).toEqual([5, 7, 8, 7]);
        ok((await change(5, [7], 'ARRAY_REMOVE')) as never);
        expect((await read(5)).tags).toEqual([5, 8]);
      });

      test('each one once, also when many come at the same time', async () => {
        const elements = Array.from({ length: 10 }, (_, i) => 1_000 + i);
        const answers = await Promise.all(elements.map((element) => change(8, [element], 'ARRAY_APPEND')));
        for (const answer of answers) ok(answer as never);
        const { tags } = (await read(8)) as unknown as { tags: number[] };
        expect([...tags].sort((left, right) => left - right)).toEqual([8, ...elements]);
      });
    });
  }
});

httpChapter('Partial upsert', (rest) => {
  feature('field_ops', () => {
    test('fieldOps', async () => {
      const collectionName = uniqueName('field_ops_rest');
      okData(
        await rest.post('collections/create', {
          collectionName,
          schema: {
            fields: [
              { fieldName: 'id', dataType: 'Int64', isPrimary: true },
              { fieldName: 'vector', dataType: 'FloatVector', elementTypeParams: { dim: 2 } },
              {
                fieldName: 'tags',
                dataType: 'Array',
                elementDataType: 'Int32',
                elementTypeParams: { max_capacity: 8 },
              },
            ],
          },
          indexParams: [{ fieldName: 'vector', indexName: 'vector', metricType: 'L2' }],
          params: { consistencyLevel: 'Strong' },
        }),
      );
      okData(await rest.post('entities/insert', { collectionName, data: [{ id: 1, vector: [1, 0], tags: [1, 2] }] }));
      const change = (op: string, tags: number[]) =>
        rest.post('entities/upsert', {
          collectionName,
          data: [{ id: 1, tags }],
          fieldOps: [{ fieldName: 'tags', op }],
        });
      okData(await change('ARRAY_APPEND', [3, 2]));
      okData(await change('array_remove', [2]));
      const query = { collectionName, filter: 'id == 1', outputFields: ['tags'] };
      expect(okData(await rest.post('entities/query', query))).toEqual([{ id: 1, tags: [1, 3] }]);
      expect(await change('ARRAY_SHUFFLE', [2])).toMatchObject({ code: 1100 });
      okData(await rest.post('collections/drop', { collectionName }));
    });
  });
});
