import { DataType, type FieldType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, expect, test } from 'vitest';
import { failsWith, ok, okData, throwsWith } from './support/answers.ts';
import { chapter, feature, type Sdk, uniqueName } from './support/chapter.ts';
import { httpChapter } from './support/http-chapter.ts';

const SETUP_MS = 60_000;

const ID: FieldType = { name: 'id', data_type: DataType.Int64, is_primary_key: true };
const VECTOR: FieldType = { name: 'vector', data_type: DataType.FloatVector, dim: 2 };

async function createLoaded(sdk: Sdk, collection_name: string, fields: FieldType[], properties = {}): Promise<void> {
  const consistency_level = 'Strong' as never;
  ok(
    await sdk.client.createCollection({
      collection_name,
      fields: [ID, VECTOR, ...fields],
      consistency_level,
      properties,
    }),
  );
  const index = { index_type: 'FLAT', metric_type: 'L2' };
  ok(await sdk.client.createIndex({ collection_name, field_name: 'vector', ...index } as never));
  ok(await sdk.client.loadCollectionSync({ collection_name }));
}

chapter('Field types', { since: '2.6' }, (sdk) => {
  feature('Geometry', () => {
    const SHAPES = [
      'POINT (13.4 52.5)',
      'LINESTRING (0 0, 1 1, 2 0)',
      'POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 2 1, 2 2, 1 1))',
      'MULTIPOINT ((1 2), (3 4))',
      'GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1))',
    ];
    const rows = SHAPES.map((shape, id) => ({ id, vector: [id, 0], shape, maybe: id % 2 === 0 ? shape : null }));
    let collection_name: string;

    beforeAll(async () => {
      collection_name = sdk.name('geometry');
      await createLoaded(sdk, collection_name, [
        { name: 'shape', data_type: DataType.Geometry },
        { name: 'maybe', data_type: DataType.Geometry, nullable: true },
      ]);
      ok(await sdk.client.insert({ collection_name, data: rows as never }));
    }, SETUP_MS);

    async function expectAllRows(): Promise<void> {
      const output_fields = ['shape', 'maybe'];
      const { data } = ok(await sdk.client.query({ collection_name, filter: 'id >= 0', output_fields }));
      expect(data).toEqual(rows.map(({ id, shape, maybe }) => ({ id: String(id), shape, maybe })));
    }

    test('well-known text comes back, from growing and from sealed segments', async () => {
      await expectAllRows();
      ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      await expectAllRows();
      const found = await sdk.client.search({ collection_name, data: [2, 0], limit: 1, output_fields: ['shape'] });
      expect(found.results[0]).toMatchObject({ shape: SHAPES[2] });
    });

    test('text that is no geometry is refused with the row and the text', async () => {
      const data = [{ id: 9, vector: [9, 0], shape: 'POINT (1)', maybe: null }];
      failsWith(await sdk.client.insert({ collection_name, data } as never), 1100, /shape, row 0: .*POINT \(1\)/);
      const open = [{ id: 9, vector: [9, 0], shape: 'POLYGON ((0 0, 1 0, 1 1))', maybe: null }];
      failsWith(await sdk.client.insert({ collection_name, data: open } as never), 1100, /closed/);
    });
  });

  feature('Timestamptz', () => {
    let collection_name: string;
    const query = (more = {}) =>
      sdk.client.query({ collection_name, filter: 'id >= 0', output_fields: ['moment', 'maybe', 'preset'], ...more });

    beforeAll(async () => {
      collection_name = sdk.name('moments');
      await createLoaded(
        sdk,
        collection_name,
        [
          { name: 'moment', data_type: DataType.Timestamptz },
          { name: 'maybe', data_type: DataType.Timestamptz, nullable: true },
          { name: 'preset', data_type: DataType.Timestamptz, default_value: '2024-12-31T23:00:00Z' },
        ],
        { timezone: 'Asia/Shanghai' },
      );
      const data = [
        {
          id: 1,
          moment: '2025-01-01T00:00:00Z',
          maybe: '2025-06-01T12:00:00.25+02:00',
          preset: '2025-01-01T00:00:00Z',
        },
        { id: 2, moment: '2025-01-01T08:00:00', maybe: null },
      ].map((row) => ({ ...row, vector: [row.id, 0] }));
      ok(await sdk.client.insert({ collection_name, data: data as never }));
    }, SETUP_MS);

    test('text in the zone of the collection, unless the request names another', async () => {
      const inShanghai = [
        {
          id: '1',
          moment: '2025-01-01T08:00:00+08:00',
          maybe: '2025-06-01T18:00:00.25+08:00',
          preset: '2025-01-01T08:00:00+08:00',
        },
        { id: '2', moment: '2025-01-01T08:00:00+08:00', maybe: null, preset: '2025-01-01T07:00:00+08:00' },
      ];
      expect(ok(await query()).data).toEqual(inShanghai);
      ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      expect(ok(await query()).data).toEqual(inShanghai);
      const search = { collection_name, data: [1, 0], limit: 1, output_fields: ['moment'] };
      const found = await sdk.client.search({ ...search, params: { timezone: 'America/New_York' } });
      expect(found.results[0]).toMatchObject({ moment: '2024-12-31T19:00:00-05:00' });
    });

    test('time_fields gives parts of it, in the zone of the read', async () => {
      // Older lines send no parameters with queries.
      if (sdk.since('3.0')) {
        const shown = ok(await query({ params: { time_fields: 'year, hour,minute' } })).data;
        expect(shown.map(({ moment, maybe }) => [moment, maybe])).toEqual([
          [
            ['2025', '8', '0'],
            ['2025', '18', '0'],
          ],
          [['2025', '8', '0'], null],
        ]);
        const unknown = await query({ params: { time_fields: 'week' } });
        failsWith(unknown, 1100, /unsupported field for extraction: week/);
      }
      const search = { collection_name, data: [1, 0], limit: 1, output_fields: ['moment'] };
      const params = { timezone: 'America/New_York', time_fields: 'year month day hour' };
      const found = await sdk.client.search({ ...search, params });
      expect(found.results[0]).toMatchObject({ moment: ['2024', '12', '31', '19'] });
    });

    test('the zone of a living collection changes, also by the name that the SDK has for it', async () => {
      const properties = { 'collection.timezone': 'Asia/Tokyo' };
      ok(await sdk.client.alterCollectionProperties({ collection_name, properties }));
      expect(ok(await query()).data[0]).toMatchObject({ moment: '2025-01-01T09:00:00+09:00' });
      ok(await sdk.client.alterCollectionProperties({ collection_name, properties: { timezone: 'Asia/Shanghai' } }));
      expect(ok(await query()).data[0]).toMatchObject({ moment: '2025-01-01T08:00:00+08:00' });
      ok(await sdk.client.dropCollectionProperties({ collection_name, properties: ['collection.timezone'] } as never));
      expect(ok(await query()).data[0]).toMatchObject({ moment: '2025-01-01T00:00:00Z' });
      ok(await sdk.client.alterCollectionProperties({ collection_name, properties: { timezone: 'Asia/Shanghai' } }));
    });

    test('filters compare moments', async () => {
      const filter = "maybe > ISO '2025-06-01T00:00:00Z'";
      expect(ok(await query({ filter })).data.map(({ id }) => id)).toEqual(['1']);
      expect(ok(await query({ filter: "moment == ISO '2025-01-01T00:00:00Z'" })).data).toHaveLength(2);
    });

    test('describe shows the default as text', async () => {
      const { schema } = ok(await sdk.client.describeCollection({ collection_name }));
      const preset = schema.fields.find(({ name }) => name === 'preset')!;
      expect(preset).toMatchObject({ data_type: 'Timestamptz', default_value: '2025-01-01T07:00:00+08:00' });
    });

    test('text that is no moment, and unknown zones, are refused', async () => {
      const data = [{ id: 9, vector: [9, 0], moment: 'yesterday', maybe: null }];
      failsWith(
        await sdk.client.insert({ collection_name, data } as never),
        1100,
        /invalid timestamptz string "yesterday"/,
      );
      const properties = { timezone: 'Mars/Olympus' };
      const created = createLoaded(sdk, sdk.name('mars'), [], properties);
      await throwsWith(created, 1100, /timezone/);
    });
  });
});

httpChapter('Field types', (rest) => {
  feature('Geometry', () => {
    test('geometries and timestamps are texts in JSON', async () => {
      const collectionName = uniqueName('http_shapes');
      okData(
        await rest.post('collections/create', {
          collectionName,
          schema: {
            fields: [
              { fieldName: 'id', dataType: 'Int64', isPrimary: true },
              { fieldName: 'vector', dataType: 'FloatVector', elementTypeParams: { dim: 2 } },
              { fieldName: 'shape', dataType: 'Geometry', nullable: true },
              { fieldName: 'moment', dataType: 'Timestamptz', defaultValue: '2025-01-01T00:00:00Z' },
            ],
          },
          indexParams: [{ fieldName: 'vector', indexName: 'vector', metricType: 'L2' }],
          params: { consistencyLevel: 'Strong' },
        }),
      );
      const data = [
        { id: 1, vector: [1, 0], shape: 'POINT (1 2)', moment: '2025-05-05T05:05:05+05:00' },
        { id: 2, vector: [2, 0], shape: null },
      ];
      okData(await rest.post('entities/insert', { collectionName, data }));
      const query = { collectionName, filter: 'id > 0', outputFields: ['shape', 'moment'] };
      expect(okData(await rest.post('entities/query', query))).toEqual([
        { id: 1, shape: 'POINT (1 2)', moment: '2025-05-05T00:05:05Z' },
        { id: 2, shape: null, moment: '2025-01-01T00:00:00Z' },
      ]);
      const parts = { ...query, timezone: 'Asia/Tokyo', timeFields: ['day', 'hour'], limit: 1 };
      expect(okData(await rest.post('entities/query', parts))).toMatchObject([{ moment: [5, 9] }]);
      const described = okData(await rest.post('collections/describe', { collectionName }));
      expect(described.fields[3]).toMatchObject({ type: 'Timestamptz', defaultValue: '2025-01-01T00:00:00Z' });
      const bad = { collectionName, data: [{ id: 3, vector: [1, 0], shape: 'nowhere' }] };
      expect(await rest.post('entities/insert', bad)).toMatchObject({ code: 1100 });
      okData(await rest.post('collections/drop', { collectionName }));
    });
  });
});
