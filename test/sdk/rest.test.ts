import { expect, test } from 'vitest';
import type { RestReply } from '../e2e/rest-client.ts';
import { okData } from './support/answers.ts';
import { feature, uniqueName } from './support/chapter.ts';
import { httpChapter } from './support/http-chapter.ts';
import { exactHits, rowsOf, vectorOf } from './support/rows.ts';

const DIM = 8;
const rows = rowsOf(60, DIM, (i) => ({ title: `film ${i}`, year: 1950 + (i % 7) }));
const schema = {
  enableDynamicField: true,
  fields: [
    { fieldName: 'id', dataType: 'Int64', isPrimary: true },
    { fieldName: 'vector', dataType: 'FloatVector', elementTypeParams: { dim: DIM } },
    { fieldName: 'title', dataType: 'VarChar', elementTypeParams: { max_length: 64 } },
  ],
};
const indexParams = [{ fieldName: 'vector', indexName: 'v', metricType: 'L2', indexType: 'FLAT' }];
const strong = { params: { consistencyLevel: 'Strong' } };

type Post = (path: string, body?: object | string, headers?: Readonly<Record<string, string>>) => Promise<RestReply>;

/** A loaded collection with the rows in it; returns its name. */
async function films(post: Post): Promise<string> {
  const collectionName = uniqueName('rest');
  okData(await post('collections/create', { collectionName, schema, indexParams, ...strong }));
  expect(okData(await post('entities/insert', { collectionName, data: rows })).insertCount).toBe(rows.length);
  return collectionName;
}

function fails(reply: RestReply, code: number, message: RegExp): void {
  expect(reply).toMatchObject({ status: 200, code, message: expect.stringMatching(message) });
}

httpChapter('Databases', ({ post }) => {
  feature('create, list, describe, drop', () => {
    test('a database lives from its creation to its drop', async () => {
      const dbName = uniqueName('rest_database');
      okData(await post('databases/create', { dbName, properties: { 'database.max.collections': 7 } }));
      expect(okData(await post('databases/list'))).toContain(dbName);
      const described = okData(await post('databases/describe', { dbName }));
      expect(described.dbName).toBe(dbName);
      expect(JSON.stringify(described.properties)).toContain('database.max.collections');
      okData(await post('databases/alter', { dbName, properties: { 'database.max.collections': 8 } }));
      okData(await post('databases/drop_properties', { dbName, propertyKeys: ['database.max.collections'] }));
      okData(await post('databases/drop', { dbName }));
      expect(okData(await post('databases/list'))).not.toContain(dbName);
      fails(await post('collections/list', { dbName }), 800, /database not found/);
    });
  });
});

httpChapter('Collections', ({ post }) => {
  feature('quick create', () => {
    test('two fields, an index, loaded at once', async () => {
      const collectionName = uniqueName('quick');
      okData(await post('collections/create', { collectionName, dimension: DIM }));
      const described = okData(await post('collections/describe', { collectionName }));
      expect(described).toMatchObject({
        collectionName,
        enableDynamicField: true,
        shardsNum: 1,
        load: 'LoadStateLoaded',
      });
      expect(described.fields.map(({ name }: { name: string }) => name)).toEqual(['id', 'vector']);
      expect(described.indexes).toMatchObject([{ fieldName: 'vector', metricType: 'COSINE' }]);
      okData(await post('collections/drop', { collectionName }));
      expect(okData(await post('collections/has', { collectionName }))).toEqual({ has: false });
    });
  });

  feature('create, describe, drop', () => {
    test('with a schema, and without an index not loaded', async () => {
      const collectionName = uniqueName('schema');
      okData(await post('collections/create', { collectionName, schema }));
      const { load, fields } = okData(await post('collections/describe', { collectionName }));
      expect([load, fields.length]).toEqual(['LoadStateNotLoad', 3]);
      expect(okData(await post('collections/list'))).toContain(collectionName);
      okData(await post('collections/drop', { collectionName }));
      fails(await post('collections/describe', { collectionName }), 100, /can't find collection/);
    });
  });

  feature('rename', () => {
    test('rows stay under the new name', async () => {
      const collectionName = await films(post);
      const newCollectionName = uniqueName('renamed');
      okData(await post('collections/rename', { collectionName, newCollectionName }));
      const query = { collectionName: newCollectionName, filter: 'id == 3', outputFields: ['title'] };
      expect(okData(await post('entities/query', query))).toEqual([{ id: 3, title: 'film 3' }]);
      okData(await post('collections/drop', { collectionName: newCollectionName }));
    });
  });

  feature('statistics', () => {
    test('rows are counted as they are stored', async () => {
      const collectionName = await films(post);
      okData(await post('collections/flush', { collectionName }));
      expect(okData(await post('collections/get_stats', { collectionName }))).toEqual({ rowCount: 60 });
      okData(await post('collections/drop', { collectionName }));
    });
  });

  feature('properties', () => {
    test('are set, changed and taken away; a field is altered and one added', async () => {
      const collectionName = await films(post);
      okData(
        await post('collections/alter_properties', { collectionName, properties: { 'collection.ttl.seconds': 90 } }),
      );
      const properties = async () =>
        JSON.stringify(okData(await post('collections/describe', { collectionName })).properties);
      expect(await properties()).toContain('"90"');
      okData(await post('collections/drop_properties', { collectionName, propertyKeys: ['collection.ttl.seconds'] }));
      expect(await properties()).not.toContain('collection.ttl.seconds');
      okData(
        await post('collections/fields/alter_properties', {
          collectionName,
          fieldName: 'title',
          fieldParams: { max_length: 100 },
        }),
      );
      okData(
        await post('collections/fields/add', {
          collectionName,
          schema: { fieldName: 'stars', dataType: 'Int64', nullable: true, defaultValue: 3 },
        }),
      );
      const query = { collectionName, filter: 'stars == 3', outputFields: ['stars'], limit: 100 };
      expect(okData(await post('entities/query', query))).toHaveLength(60);
      okData(await post('collections/drop', { collectionName }));
    });
  });

  feature('truncate', () => {
    test('rows go, the collection stays loaded', async () => {
      const collectionName = await films(post);
      okData(await post('collections/truncate', { collectionName }));
      expect(okData(await post('entities/query', { collectionName, filter: 'id >= 0' }))).toEqual([]);
      okData(await post('collections/drop', { collectionName }));
    });
  });
});

httpChapter('Partitions', ({ post }) => {
  feature('create, list, has, drop', () => {
    test('rows of one partition', async () => {
      const collectionName = await films(post);
      const partitionName = 'late';
      okData(await post('partitions/create', { collectionName, partitionName }));
      expect(okData(await post('partitions/list', { collectionName }))).toEqual(['_default', 'late']);
      expect(okData(await post('partitions/has', { collectionName, partitionName }))).toEqual({ has: true });
      const late = { ...rows[0]!, id: 500 };
      okData(await post('entities/insert', { collectionName, partitionName, data: [late] }));
      const query = { collectionName, filter: 'id >= 0', partitionNames: ['late'], outputFields: ['id'] };
      expect(okData(await post('entities/query', query))).toEqual([{ id: 500 }]);
      okData(await post('partitions/release', { collectionName, partitionNames: ['late'] }));
      okData(await post('partitions/load', { collectionName, partitionNames: ['late'] }));
      okData(await post('partitions/release', { collectionName, partitionNames: ['late'] }));
      okData(await post('partitions/drop', { collectionName, partitionName }));
      expect(okData(await post('partitions/has', { collectionName, partitionName }))).toEqual({ has: false });
      okData(await post('collections/drop', { collectionName }));
    });
  });
});

httpChapter('Aliases', ({ post }) => {
  feature('create, describe, list, alter, drop', () => {
    test('an alias moves from one collection to the other', async () => {
      const [first, second, aliasName] = [await films(post), await films(post), uniqueName('rest_alias')];
      okData(await post('aliases/create', { collectionName: first, aliasName }));
      expect(okData(await post('aliases/describe', { aliasName }))).toMatchObject({ aliasName, collectionName: first });
      expect(okData(await post('aliases/list', { collectionName: first }))).toEqual([aliasName]);
      okData(await post('aliases/alter', { collectionName: second, aliasName }));
      expect(okData(await post('aliases/describe', { aliasName })).collectionName).toBe(second);
      okData(await post('aliases/drop', { aliasName }));
      fails(await post('aliases/describe', { aliasName }), 1600, /alias/);
      for (const collectionName of [first, second]) okData(await post('collections/drop', { collectionName }));
    });
  });
});

httpChapter('Indexes', ({ post }) => {
  feature('create, describe, drop', () => {
    test('described as it was created', async () => {
      const collectionName = uniqueName('indexed');
      okData(await post('collections/create', { collectionName, schema }));
      const params = { index_type: 'HNSW', M: 8, efConstruction: 64 };
      const index = { fieldName: 'vector', indexName: 'by_vector', metricType: 'IP', params };
      okData(await post('indexes/create', { collectionName, indexParams: [index] }));
      expect(okData(await post('indexes/list', { collectionName }))).toEqual(['by_vector']);
      const described = okData(await post('indexes/describe', { collectionName, indexName: 'by_vector' }));
      expect(described).toMatchObject([
        { fieldName: 'vector', indexName: 'by_vector', indexType: 'HNSW', metricType: 'IP', indexState: 'Finished' },
      ]);
      okData(await post('collections/load', { collectionName }));
      okData(await post('collections/release', { collectionName }));
      okData(await post('indexes/drop', { collectionName, indexName: 'by_vector' }));
      fails(await post('collections/load', { collectionName }), 700, /index/);
      okData(await post('collections/drop', { collectionName }));
    });
  });
});

httpChapter('Insert, upsert, delete', ({ post }) => {
  feature('insert', () => {
    test('the answer names every row; big keys stay whole', async () => {
      const collectionName = await films(post);
      const big = '9007199254740993';
      const data = [{ ...rows[0]!, id: big }];
      const inserted = await post('entities/insert', { collectionName, data }, { 'Accept-Type-Allow-Int64': 'false' });
      expect(okData(inserted)).toEqual({ insertCount: 1, insertIds: [big] });
      const request = { collectionName, filter: `id == ${big}`, outputFields: ['id', 'year'] };
      const asText = await post('entities/query', request, { 'Accept-Type-Allow-Int64': 'false' });
      expect(okData(asText)).toEqual([{ id: big, year: 1950 }]);
      const asNumber = await post('entities/query', request, { 'Accept-Type-Allow-Int64': 'true' });
      expect(asNumber.text).toContain(`"id":${big}`);
      okData(await post('collections/drop', { collectionName }));
    });
  });

  feature('upsert', () => {
    test('replaces and adds', async () => {
      const collectionName = await films(post);
      const data = [
        { ...rows[2]!, title: 'again' },
        { ...rows[3]!, id: 100, title: 'new' },
      ];
      expect(okData(await post('entities/upsert', { collectionName, data }))).toEqual({
        upsertCount: 2,
        upsertIds: [2, 100],
      });
      const query = { collectionName, filter: 'id in [2, 100]', outputFields: ['title'] };
      expect(okData(await post('entities/query', query))).toEqual([
        { id: 2, title: 'again' },
        { id: 100, title: 'new' },
      ]);
      okData(await post('collections/drop', { collectionName }));
    });
  });

  feature('delete', () => {
    test('by filter', async () => {
      const collectionName = await films(post);
      okData(await post('entities/delete', { collectionName, filter: 'id < 50' }));
      const left = okData(await post('entities/query', { collectionName, filter: 'id >= 0', outputFields: ['id'] }));
      expect(left.map(({ id }: { id: number }) => id)).toEqual([50, 51, 52, 53, 54, 55, 56, 57, 58, 59]);
      okData(await post('collections/drop', { collectionName }));
    });
  });
});

httpChapter('Search', ({ post }) => {
  const query = vectorOf(900, DIM);

  feature('one query vector', () => {
    test('flat rows with their distances, dynamic keys in the row', async () => {
      const collectionName = await films(post);
      const request = { collectionName, data: [query], annsField: 'vector', limit: 5, outputFields: ['title', 'year'] };
      const found = okData(await post('entities/search', request));
      const exact = exactHits(rows, query, 'L2').slice(0, 5);
      expect(found.map(({ id }: { id: number }) => id)).toEqual(exact.map(({ id }) => id));
      for (const [place, hit] of found.entries()) {
        expect(hit.distance).toBeCloseTo(exact[place]!.score, 4);
        expect(hit).toMatchObject({ title: `film ${hit.id}`, year: 1950 + (hit.id % 7) });
      }
      const filtered = okData(await post('entities/search', { ...request, filter: 'year == 1953', offset: 1 }));
      const wanted = exactHits(
        rows.filter(({ year }) => year === 1953),
        query,
        'L2',
      ).slice(1, 6);
      expect(filtered.map(({ id }: { id: number }) => id)).toEqual(wanted.map(({ id }) => id));
      okData(await post('collections/drop', { collectionName }));
    });
  });

  feature('several query vectors', () => {
    test('topks says how many rows belong to which', async () => {
      const collectionName = await films(post);
      const data = [query, vectorOf(901, DIM)];
      const reply = await post('entities/search', { collectionName, data, annsField: 'vector', limit: 4 });
      expect(reply.topks).toEqual([4, 4]);
      const wanted = data.flatMap((each) => exactHits(rows, each, 'L2').slice(0, 4));
      expect(okData(reply).map(({ id }: { id: number }) => id)).toEqual(wanted.map(({ id }) => id));
      okData(await post('collections/drop', { collectionName }));
    });
  });
});

httpChapter('Query', ({ post }) => {
  feature('limit and offset', () => {
    test('100 rows unless another limit is asked for; pages follow each other', async () => {
      const collectionName = await films(post);
      okData(
        await post('entities/insert', { collectionName, data: rows.map((row) => ({ ...row, id: row.id + 1_000 })) }),
      );
      const ids = async (more: object) =>
        okData(await post('entities/query', { collectionName, filter: 'id >= 0', outputFields: ['id'], ...more })).map(
          ({ id }: { id: number }) => id,
        );
      expect(await ids({})).toHaveLength(100);
      expect(await ids({ limit: 5, offset: 58 })).toEqual([58, 59, 1_000, 1_001, 1_002]);
      const count = await post('entities/query', { collectionName, filter: '', outputFields: ['count(*)'] });
      expect(okData(count)).toEqual([{ 'count(*)': 120 }]);
      okData(await post('collections/drop', { collectionName }));
    });
  });

  feature('get by keys', () => {
    test('those that exist', async () => {
      const collectionName = await films(post);
      const found = okData(await post('entities/get', { collectionName, id: [7, 999, 5], outputFields: ['title'] }));
      expect(found).toEqual([
        { id: 5, title: 'film 5' },
        { id: 7, title: 'film 7' },
      ]);
      okData(await post('collections/drop', { collectionName }));
    });
  });

  feature('templated filters', () => {
    test('values beside the filter', async () => {
      const collectionName = await films(post);
      const request = { filter: 'title in {titles}', exprParams: { titles: ['film 9', 'film 11'] } };
      const found = okData(await post('entities/query', { collectionName, ...request, outputFields: ['id'] }));
      expect(found).toEqual([{ id: 9 }, { id: 11 }]);
      okData(await post('collections/drop', { collectionName }));
    });
  });
});

httpChapter('Errors and limits', ({ post, deployment }) => {
  feature('envelope and codes of REST', () => {
    test.each([
      ['a body that is no JSON', 'collections/list', '{', 1801, /JSON|json/],
      ['a name that is missing', 'collections/describe', {}, 1802, /required|missing|CollectionName/i],
      ['a collection that is not there', 'collections/describe', { collectionName: 'nobody' }, 100, /find collection/],
      ['a database that is not there', 'collections/list', { dbName: 'nowhere' }, 800, /database not found/],
    ] as const)('%s', async (_, path, body, code, message) => {
      fails(await post(path, body), code, message);
    });

    test('a path that is not there is 404, another method too', async () => {
      const base = `http://${deployment.address}/v2/vectordb`;
      expect((await fetch(`${base}/collections/dance`, { method: 'POST', body: '{}' })).status).toBe(404);
      expect([404, 405]).toContain((await fetch(`${base}/collections/list`)).status);
      expect((await fetch(`http://${deployment.address}/v1/vector/collections`)).status).toBe(404);
    });
  });
});
