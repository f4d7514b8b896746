import { DataType, type FieldType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, expect, test } from 'vitest';
import { failsWith, ok, okData, throwsWith } from './support/answers.ts';
import { chapter, feature, type Sdk, uniqueName } from './support/chapter.ts';
import { httpChapter } from './support/http-chapter.ts';

const SETUP_MS = 60_000;
const ROWS = 50;

const array = (name: string, element_type: DataType, more: object = {}): FieldType => {
  return { name, data_type: DataType.Array, element_type: element_type as never, max_capacity: 8, ...more };
};

const FIELDS: FieldType[] = [
  { name: 'id', data_type: DataType.Int64, is_primary_key: true },
  { name: 'vector', data_type: DataType.FloatVector, dim: 4 },
  array('flags', DataType.Bool),
  array('tiny', DataType.Int8),
  array('small', DataType.Int16),
  array('medium', DataType.Int32),
  array('large', DataType.Int64),
  array('floats', DataType.Float),
  array('doubles', DataType.Double),
  array('tags', DataType.VarChar, { max_length: 16 }),
  array('maybe', DataType.Int32, { nullable: true }),
];

function row(id: number) {
  const some = <T>(of: (i: number) => T): T[] => Array.from({ length: id % 5 }, (_, i) => of(i));
  return {
    id,
    vector: [id, 1, 0, 0],
    flags: some((i) => i % 2 === 0),
    tiny: some((i) => -128 + i),
    small: some((i) => 32_767 - i),
    medium: some((i) => -2_147_483_648 + i),
    large: some((i) => `90071992547409${90 + i}`),
    floats: some((i) => i / 4),
    doubles: some((i) => i / 3),
    tags: some((i) => `größe ${i}`),
    maybe: id % 3 === 0 ? null : [id],
  };
}

async function createLoaded(sdk: Sdk, collection_name: string, fields: FieldType[]): Promise<void> {
  ok(await sdk.client.createCollection({ collection_name, fields, consistency_level: 'Strong' as never }));
  ok(
    await sdk.client.createIndex({
      collection_name,
      field_name: 'vector',
      index_type: 'FLAT',
      metric_type: 'L2',
    } as never),
  );
  ok(await sdk.client.loadCollectionSync({ collection_name }));
}

chapter('Field types', (sdk) => {
  feature('Array', () => {
    let collection_name: string;

    beforeAll(async () => {
      collection_name = sdk.name('arrays');
      await createLoaded(sdk, collection_name, FIELDS);
      ok(await sdk.client.insert({ collection_name, data: Array.from({ length: ROWS }, (_, i) => row(i)) as never }));
    }, SETUP_MS);

    async function expectAllRows(): Promise<void> {
      const { data } = ok(await sdk.client.query({ collection_name, filter: 'id >= 0', output_fields: ['*'] }));
      expect(data).toEqual(Array.from({ length: ROWS }, (_, i) => ({ ...row(i), id: String(i) })));
    }

    test('describe says what the elements are', async () => {
      const { schema } = ok(await sdk.client.describeCollection({ collection_name }));
      const tags = schema.fields.find((field) => field.name === 'tags')!;
      expect(tags).toMatchObject({ data_type: 'Array', element_type: 'VarChar' });
      expect(tags.type_params).toEqual(
        expect.arrayContaining([
          { key: 'max_capacity', value: '8' },
          { key: 'max_length', value: '16' },
        ]),
      );
    });

    test('elements of every type come back, from growing and from sealed segments', async () => {
      await expectAllRows();
      ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      await expectAllRows();
    });

    test('search returns arrays of its hits', async () => {
      const { results } = await sdk.client.search({
        collection_name,
        data: [7, 1, 0, 0],
        limit: 3,
        output_fields: ['tags', 'maybe', 'doubles'],
      });
      const { tags, maybe, doubles } = row(7);
      expect(results[0]).toMatchObject({ score: 0, tags, maybe, doubles });
    });

    test('upsert replaces an array', async () => {
      ok(await sdk.client.upsert({ collection_name, data: [{ ...row(1000), tags: ['new'] }] as never }));
      const { data } = ok(await sdk.client.query({ collection_name, ids: [1000], output_fields: ['tags', 'large'] }));
      expect(data).toEqual([{ id: '1000', tags: ['new'], large: [] }]);
      ok(await sdk.client.delete({ collection_name, ids: [1000] } as never));
    });

    test('more elements than max_capacity, longer texts than max_length, larger numbers than the type are refused', async () => {
      const insert = (part: object) =>
        sdk.client.insert({ collection_name, data: [{ ...row(2000), ...part }] as never });
      failsWith(
        await insert({ medium: Array(9).fill(1) }),
        1100,
        /length \(9\) of 0th array exceeds max capacity \(8\)/,
      );
      failsWith(await insert({ tags: ['x'.repeat(17)] }), 1100, /exceeds max length/);
      failsWith(await insert({ tiny: [128] }), 1100, /out of range: \[-128, 127\]/);
      failsWith(await insert({ small: [1, -32_769] }), 1100, /out of range: \[-32768, 32767\]/);
    });

    test('what an Array field needs is asked for', async () => {
      const create = (part: object) =>
        sdk.client.createCollection({
          collection_name: sdk.name('bad_array'),
          fields: [FIELDS[0]!, FIELDS[1]!, { ...array('a', DataType.Int32), ...part } as FieldType],
        });
      await throwsWith(create({ max_capacity: 4097 }), 1100, /\(0, 4096\]/);
      await throwsWith(create({ max_capacity: undefined }), 1100, /max_capacity/);
      await throwsWith(create({ element_type: DataType.JSON }), 1100, /element type JSON is not supported/);
      await throwsWith(create({ element_type: DataType.VarChar }), 1100, /max_length/);
    });
  });
});

httpChapter('Field types', (rest) => {
  feature('Array', () => {
    test('arrays in and out as JSON', async () => {
      const collectionName = uniqueName('http_arrays');
      const arrayField = (fieldName: string, elementDataType: string) => {
        return { fieldName, dataType: 'Array', elementDataType, elementTypeParams: { max_capacity: 4, max_length: 8 } };
      };
      okData(
        await rest.post('collections/create', {
          collectionName,
          schema: {
            fields: [
              { fieldName: 'id', dataType: 'Int64', isPrimary: true },
              { fieldName: 'vector', dataType: 'FloatVector', elementTypeParams: { dim: 2 } },
              arrayField('tags', 'VarChar'),
              arrayField('numbers', 'Int64'),
              arrayField('floats', 'Float'),
            ],
          },
          indexParams: [{ fieldName: 'vector', indexName: 'vector', metricType: 'L2' }],
          params: { consistencyLevel: 'Strong' },
        }),
      );
      const rows = [
        { id: 1, vector: [1, 0], tags: ['a', 'b'], numbers: [1, 2], floats: [0.1] },
        { id: 2, vector: [2, 0], tags: [], numbers: [], floats: [] },
      ];
      okData(await rest.post('entities/insert', { collectionName, data: rows }));
      const query = { collectionName, filter: 'id > 0', outputFields: ['tags', 'numbers', 'floats', 'vector'] };
      expect(okData(await rest.post('entities/query', query))).toEqual(rows);
      const tooMany = { collectionName, data: [{ ...rows[0], numbers: [1, 2, 3, 4, 5] }] };
      expect(await rest.post('entities/insert', tooMany)).toMatchObject({ code: 1100 });
      okData(await rest.post('collections/drop', { collectionName }));
    });
  });
});
