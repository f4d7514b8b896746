import { DataType } from '@zilliz/milvus2-sdk-node';
import { expect, test } from 'vitest';
import { ok } from './support/answers.ts';
import { chapter, feature } from './support/chapter.ts';

chapter('Field types', (sdk) => {
  feature('autoID', () => {
    test.each([DataType.Int64, DataType.VarChar])('keys of type %i grow in the order of the rows', async (keyType) => {
      const collection_name = sdk.name('auto_ids');
      ok(
        await sdk.client.createCollection({
          collection_name,
          consistency_level: 'Strong' as never,
          fields: [
            { name: 'id', data_type: keyType, is_primary_key: true, autoID: true, max_length: 64 },
            { name: 'vector', data_type: DataType.FloatVector, dim: 2 },
            { name: 'place', data_type: DataType.Int32 },
          ],
        }),
      );
      const index = { index_type: 'FLAT', metric_type: 'L2' };
      ok(await sdk.client.createIndex({ collection_name, field_name: 'vector', ...index } as never));
      ok(await sdk.client.loadCollectionSync({ collection_name }));
      const data = Array.from({ length: 20 }, (_, place) => ({ vector: [place, 0], place }));
      const inserted = ok(await sdk.client.insert({ collection_name, data }));
      const keys = Object.values(inserted.IDs as object).find((ids) => ids?.data)?.data as string[];
      expect(new Set(keys).size).toBe(20);
      const found = ok(
        await sdk.client.query({ collection_name, filter: 'place >= 0', output_fields: ['place'] }),
      ).data;
      expect(found.map(({ id }) => id)).toEqual(keys);
      expect(found.map(({ place }) => place)).toEqual(data.map(({ place }) => place));
      const [one] = ok(await sdk.client.query({ collection_name, ids: [keys[7]!], output_fields: ['place'] })).data;
      expect(one).toEqual({ id: keys[7], place: 7 });
      ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      ok(await sdk.client.upsert({ collection_name, data: [{ id: keys[7]!, vector: [7, 7], place: 700 }] }));
      const [changed] = ok(await sdk.client.query({ collection_name, filter: 'place == 700' })).data;
      expect(changed).toMatchObject({ id: keys[7] });
    });
  });
});
