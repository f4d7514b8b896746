import { beforeAll, expect, test } from 'vitest';
import { ok } from './support/answers.ts';
import { chapter, feature } from './support/chapter.ts';
import { createLoaded, exactHits, keyField, rowsOf, vectorField, vectorOf } from './support/rows.ts';

const DIM = 8;
const ROWS = 1_000;
const fields = [keyField, vectorField(DIM)];
// Every vector three times: rows at the bound of a page must be neither lost nor repeated.
const rows = rowsOf(ROWS, DIM, () => ({})).map((row) => ({ ...row, vector: vectorOf(row.id % 333, DIM) }));

const queryVector = vectorOf(5_000, DIM);

/** Ids by distance; rows of one vector by id. */
const nearest = exactHits(rows, queryVector, 'L2');

chapter('Iterators', (sdk) => {
  let collection_name: string;
  beforeAll(async () => {
    collection_name = await createLoaded(sdk, 'iterated', {
      fields,
      index: { index_type: 'FLAT', metric_type: 'L2' },
      rows: rows.slice(0, 700),
    });
    ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
    ok(await sdk.client.insert({ collection_name, data: rows.slice(700) }));
  });

  feature('search iterator', () => {
    const pagesOf = async (more: object) => {
      const iterator = await sdk.client.searchIterator({
        collection_name,
        data: queryVector,
        batchSize: 100,
        output_fields: ['id'],
        ...more,
      } as never);
      const pages: number[][] = [];
      for await (const page of iterator as AsyncIterable<{ id: string }[]>)
        pages.push(page.map(({ id }) => Number(id)));
      return pages;
    };

    test('every row once, nearest first, although three rows have each distance', async () => {
      for (const batchSize of [100, 2]) {
        const limit = batchSize === 2 ? 30 : undefined;
        const pages = await pagesOf({ batchSize, limit });
        expect(pages.flat()).toEqual(nearest.slice(0, limit).map(({ id }) => id));
        for (const page of pages) expect(page.length).toBeLessThanOrEqual(batchSize);
      }
    });

    test('with a filter, and within a range', async () => {
      const even = await pagesOf({ expr: 'id % 2 == 0' });
      expect(even.flat()).toEqual(nearest.map(({ id }) => id).filter((id) => id % 2 === 0));
      // Between two of the distances: those of the index have 32 bits.
      const next = nearest.findIndex(({ score }) => score > nearest[500]!.score);
      const radius = (nearest[500]!.score + nearest[next]!.score) / 2;
      const near = await pagesOf({ params: { radius } });
      expect(near.flat()).toEqual(nearest.filter(({ score }) => score < radius).map(({ id }) => id));
    });
  });

  feature('query iterator', () => {
    test('every row once, in the order of keys', async () => {
      const iterator = await sdk.client.queryIterator({
        collection_name,
        batchSize: 150,
        expr: 'id % 2 == 0',
        output_fields: ['id'],
      });
      const pages: number[][] = [];
      for await (const page of iterator) pages.push(page.map(({ id }: { id: string }) => Number(id)));
      expect(pages.flat()).toEqual(rows.map(({ id }) => id).filter((id) => id % 2 === 0));
      expect(pages.length).toBe(4);
    });

    test('no further than the limit', async () => {
      const iterator = await sdk.client.queryIterator({
        collection_name,
        batchSize: 40,
        limit: 100,
        expr: 'id >= 0',
        output_fields: ['id'],
      });
      let count = 0;
      for await (const page of iterator) count += page.length;
      expect(count).toBe(100);
    });
  });
});
