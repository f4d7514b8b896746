import { expect, test } from 'vitest';
import { ok } from './support/answers.ts';
import { chapter, feature } from './support/chapter.ts';
import { createLoaded, keyField, rowsOf, until, vectorField } from './support/rows.ts';

const DIM = 4;
const rows = rowsOf(20, DIM, () => ({}));

chapter('Flush, compaction, load, segments', { since: '2.6' }, (sdk) => {
  feature('flush of all collections', () => {
    test('every row lies in a sealed segment afterwards', async () => {
      const index = { index_type: 'FLAT', metric_type: 'L2' };
      const collection_name = await createLoaded(sdk, 'all', { fields: [keyField, vectorField(DIM)], index, rows });
      const { flush_all_ts } = ok(await sdk.client.flushAll({}));
      expect(BigInt(flush_all_ts)).toBeGreaterThan(0n);
      await until(async () => ok(await sdk.client.getFlushAllState({ flush_all_ts } as never)).flushed);
      const { infos } = ok(await sdk.client.getPersistentSegmentInfo({ collectionName: collection_name } as never));
      expect(infos.map(({ num_rows, state }) => [Number(num_rows), state])).toEqual([[20, 'Flushed']]);
    });
  });
});
