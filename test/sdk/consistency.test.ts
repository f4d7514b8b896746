import { ConsistencyLevelEnum } from '@zilliz/milvus2-sdk-node';
import { expect, test } from 'vitest';
import { ok } from './support/answers.ts';
import { chapter, feature } from './support/chapter.ts';
import { createLoaded, keyField, rowsOf, until, vectorField, vectorOf } from './support/rows.ts';

const DIM = 4;
const fields = [keyField, vectorField(DIM)];
const index = { index_type: 'FLAT', metric_type: 'L2' };
const ROUNDS = 10;

chapter('Consistency', (sdk) => {
  const create = (level: string) =>
    createLoaded(sdk, level, { fields, index, rows: rowsOf(20, DIM, () => ({})), consistency_level: level as never });

  feature('levels', () => {
    test.each(['Strong', 'Session', 'Bounded', 'Eventually'])('%s is kept with the collection', async (level) => {
      const collection_name = await create(level);
      expect(ok(await sdk.client.describeCollection({ collection_name })).consistency_level).toBe(level);
    });
  });

  feature('Strong', () => {
    test('every write is seen at once, deletes of sealed rows too', async () => {
      const collection_name = await create('Strong');
      ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
      for (let round = 0; round < ROUNDS; round++) {
        ok(await sdk.client.delete({ collection_name, ids: [round] }));
        expect(ok(await sdk.client.count({ collection_name })).data).toBe(19);
        const { results } = ok(
          await sdk.client.search({ collection_name, data: vectorOf(round, DIM), limit: 1, output_fields: ['id'] }),
        );
        expect(results[0]!.id).not.toBe(String(round));
        ok(await sdk.client.upsert({ collection_name, data: [{ id: round, vector: vectorOf(100 + round, DIM) }] }));
        expect(ok(await sdk.client.count({ collection_name })).data).toBe(20);
      }
    });

    test('a request may ask for more than its collection', async () => {
      const collection_name = await create('Eventually');
      for (let round = 0; round < ROUNDS; round++) {
        ok(await sdk.client.delete({ collection_name, ids: [round] }));
        const { data } = ok(
          await sdk.client.query({
            collection_name,
            filter: `id == ${round}`,
            output_fields: ['id'],
            consistency_level: ConsistencyLevelEnum.Strong,
          }),
        );
        expect(data).toEqual([]);
      }
    });
  });

  feature('Bounded and Eventually', () => {
    test('are right after a while', async () => {
      for (const level of ['Bounded', 'Eventually']) {
        const collection_name = await create(level);
        ok(await sdk.client.delete({ collection_name, ids: [3] }));
        await until(async () => ok(await sdk.client.count({ collection_name })).data === 19);
      }
    });
  });
});
