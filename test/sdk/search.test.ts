import { DataType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, expect, test } from 'vitest';
import { failsWith, ok } from './support/answers.ts';
import { chapter, feature } from './support/chapter.ts';
import { createLoaded, exactHits, keyField, type Metric, rowsOf, vectorField, vectorOf } from './support/rows.ts';

const DIM = 16;
const ROWS = 600;
const COLORS = ['red', 'green', 'blue'];
const fields = [keyField, vectorField(DIM), { name: 'color', data_type: DataType.VarChar, max_length: 16 }];
const rows = rowsOf(ROWS, DIM, (i) => ({ color: COLORS[i % 3]! }));
const queryOf = (i: number) => vectorOf(10_000 + i, DIM);

chapter('Search', (sdk) => {
  const collections = new Map<Metric, string>();
  beforeAll(async () => {
    for (const metric_type of ['L2', 'IP', 'COSINE'] as const) {
      const index = { index_type: 'FLAT', metric_type };
      const name = await createLoaded(sdk, metric_type, { fields, index, rows: rows.slice(0, 400) });
      ok(await sdk.client.flushSync({ collection_names: [name] }));
      ok(await sdk.client.insert({ collection_name: name, data: rows.slice(400) }));
      collections.set(metric_type, name);
    }
  });
  const nameOf = (metric: Metric) => collections.get(metric)!;

  feature('one query vector', () => {
    test.each(['L2', 'IP', 'COSINE'] as const)('%s: the best rows with their scores', async (metric) => {
      const { results } = ok(
        await sdk.client.search({
          collection_name: nameOf(metric),
          data: queryOf(1),
          limit: 20,
          output_fields: ['id', 'color'],
        }),
      );
      const exact = exactHits(rows, queryOf(1), metric).slice(0, 20);
      expect(results.map(({ id }) => Number(id))).toEqual(exact.map(({ id }) => id));
      for (const [place, { score, color }] of results.entries()) {
        expect(score).toBeCloseTo(exact[place]!.score, 4);
        expect(color).toBe(COLORS[exact[place]!.id % 3]);
      }
    });

    test('as many rows as there are, when more are asked for', async () => {
      const { results } = ok(
        await sdk.client.search({ collection_name: nameOf('L2'), data: queryOf(1), limit: 5_000 }),
      );
      expect(results).toHaveLength(ROWS);
    });
  });

  feature('several query vectors', () => {
    test('one list of hits for each', async () => {
      const data = [1, 2, 3, 4, 5].map(queryOf);
      const { results } = ok(
        await sdk.client.search({ collection_name: nameOf('COSINE'), data, limit: 7, output_fields: ['id'] }),
      );
      const found = (results as unknown as { id: string }[][]).map((hits) => hits.map(({ id }) => Number(id)));
      expect(found).toEqual(
        data.map((query) =>
          exactHits(rows, query, 'COSINE')
            .slice(0, 7)
            .map(({ id }) => id),
        ),
      );
    });
  });

  feature('filter', () => {
    test.each([
      ['color == "red"', ({ id }: { id: number }) => id % 3 === 0],
      ['id >= 590', ({ id }: { id: number }) => id >= 590],
      ['color in ["red", "blue"] and id % 5 == 1', ({ id }: { id: number }) => id % 3 !== 1 && id % 5 === 1],
    ] as const)('%s', async (filter, isWanted) => {
      const { results } = ok(
        await sdk.client.search({
          collection_name: nameOf('L2'),
          data: queryOf(2),
          limit: 10,
          filter,
          output_fields: ['id'],
        }),
      );
      const exact = exactHits(rows.filter(isWanted), queryOf(2), 'L2').slice(0, 10);
      expect(results.map(({ id }) => Number(id))).toEqual(exact.map(({ id }) => id));
    });

    test('a filter that nothing passes', async () => {
      const answer = await sdk.client.search({
        collection_name: nameOf('L2'),
        data: queryOf(2),
        limit: 10,
        filter: 'id < 0',
      });
      expect(ok(answer).results).toEqual([]);
    });
  });

  feature('offset', () => {
    test('pages follow each other', async () => {
      const pages: number[] = [];
      for (const offset of [0, 25, 50, 75]) {
        const { results } = ok(
          await sdk.client.search({
            collection_name: nameOf('L2'),
            data: queryOf(3),
            limit: 25,
            offset,
            output_fields: ['id'],
          }),
        );
        pages.push(...results.map(({ id }) => Number(id)));
      }
      expect(pages).toEqual(
        exactHits(rows, queryOf(3), 'L2')
          .slice(0, 100)
          .map(({ id }) => id),
      );
    });
  });

  feature('output fields', () => {
    test('vectors, all, none', async () => {
      const search = async (output_fields: string[]) =>
        ok(await sdk.client.search({ collection_name: nameOf('L2'), data: rows[11]!.vector, limit: 1, output_fields }))
          .results[0]!;
      expect(await search(['vector'])).toMatchObject({ score: 0, vector: rows[11]!.vector });
      expect(await search(['*'])).toMatchObject({ id: '11', vector: rows[11]!.vector, color: 'blue' });
      expect(await search(['color'])).toMatchObject({ color: 'blue' });
    });
  });

  feature('round_decimal', () => {
    test('scores are rounded', async () => {
      const { results } = ok(
        await sdk.client.search({
          collection_name: nameOf('L2'),
          data: queryOf(4),
          limit: 10,
          params: { round_decimal: 2 },
        } as never),
      );
      const exact = exactHits(rows, queryOf(4), 'L2').slice(0, 10);
      for (const [place, { score }] of results.entries()) {
        // The SDK cuts the rounded score once more, which may take the last digit down.
        expect(Math.abs(score - exact[place]!.score)).toBeLessThan(0.016);
        expect(score).toBe(Number(score.toFixed(2)));
      }
    });
  });

  feature('limits', () => {
    test.each([
      ['topk 0', { limit: 0 }, /topk \[0\] is invalid, it should be in range \[1, 16384\], but got 0/],
      ['topk 16385', { limit: 16_385 }, /topk \[16385\] is invalid, it should be in range \[1, 16384\], but got 16385/],
      [
        'limit + offset above 16384',
        { limit: 10_000, offset: 10_000 },
        /\(offset\+limit\) should be in range \[1, 16384\]/,
      ],
      ['another metric than the index', { metric_type: 'IP' }, /metric type not match/],
      ['a vector of another dimension', { data: [1, 2, 3] }, /dimension/],
      ['a broken filter', { filter: 'color ==' }, /failed to create query plan/],
      ['an unknown vector field', { anns_field: 'nobody' }, /anns field/],
    ])('%s', async (_, more, reason) => {
      const request = { collection_name: nameOf('L2'), data: queryOf(1), limit: 5, ...more };
      const answer = await sdk.client.search(request as never).catch((error: Error) => error);
      if (answer instanceof Error) expect(answer.message).toMatch(reason);
      else failsWith(answer, 1100, reason);
    });

    test('a collection that is not loaded', async () => {
      const collection_name = sdk.name('unloaded');
      ok(await sdk.client.createCollection({ collection_name, fields }));
      failsWith(await sdk.client.search({ collection_name, data: queryOf(1), limit: 5 }), 101, /not loaded/);
    });
  });

  feature('range search', () => {
    test.each([
      ['L2', 4, 6],
      ['IP', 1, 0.5],
      ['COSINE', 0.5, 0.2],
    ] as const)('%s between %d and %d', async (metric, best, worst) => {
      const { results } = ok(
        await sdk.client.search({
          collection_name: nameOf(metric),
          data: queryOf(6),
          limit: ROWS,
          output_fields: ['id'],
          params: { radius: worst, range_filter: best },
        }),
      );
      const inRange = exactHits(rows, queryOf(6), metric).filter(({ score }) =>
        metric === 'L2' ? score >= best && score < worst : score <= best && score > worst,
      );
      expect(inRange.length).toBeGreaterThan(5);
      expect(results.map(({ id }) => Number(id))).toEqual(inRange.map(({ id }) => id));
    });

    test('a range that is empty by its bounds is refused', async () => {
      const answer = await sdk.client.search({
        collection_name: nameOf('L2'),
        data: queryOf(6),
        limit: 5,
        params: { radius: 1, range_filter: 2 },
      });
      failsWith(answer, 1100, /range_filter/);
    });
  });
});
