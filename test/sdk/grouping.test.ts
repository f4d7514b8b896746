import { DataType, MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failsWith, ok, okData } from './support/answers.ts';
import { chapter, feature, uniqueName } from './support/chapter.ts';
import { httpChapter } from './support/http-chapter.ts';

const ROW_COUNT = 300;

interface Row {
  readonly id: number;
  readonly color: string;
  readonly size: number | null;
  readonly meta: object;
  readonly maker: string;
  /** 0, 1, '0' or '1'. */
  readonly mixed: number | string;
  readonly vector: readonly number[];
  readonly other: readonly number[];
}

/** Row i lies at (i, 0). The first 200 are all red: one group fills every neighbourhood there. */
const rows: readonly Row[] = Array.from({ length: ROW_COUNT }, (_, id) => ({
  id,
  color: id < 200 ? 'red' : `color${id % 7}`,
  size: id % 11 === 0 ? null : id % 11,
  meta: { a: { b: id % 5 } },
  maker: `maker${id % 3}`,
  mixed: id % 4 < 2 ? id % 2 : String(id % 2),
  vector: [id, 0],
  other: [ROW_COUNT - id, 0],
}));

async function createThings(client: MilvusClient, collection_name: string): Promise<void> {
  ok(
    await client.createCollection({
      collection_name,
      consistency_level: 'Strong',
      enable_dynamic_field: true,
      fields: [
        { name: 'id', data_type: DataType.Int64, is_primary_key: true },
        { name: 'color', data_type: DataType.VarChar, max_length: 16 },
        { name: 'size', data_type: DataType.Int16, nullable: true },
        { name: 'meta', data_type: DataType.JSON },
        { name: 'vector', data_type: DataType.FloatVector, dim: 2 },
        { name: 'other', data_type: DataType.FloatVector, dim: 2 },
      ],
      index_params: [
        { field_name: 'vector', index_type: 'HNSW', metric_type: 'L2' },
        { field_name: 'other', index_type: 'FLAT', metric_type: 'L2' },
      ],
    }),
  );
  // Three segments: rows of one group lie in several.
  for (const part of [0, 1, 2]) {
    const data = rows.filter(({ id }) => id % 3 === part);
    ok(await client.insert({ collection_name, data: data as never }));
    if (part < 2) ok(await client.flushSync({ collection_names: [collection_name] }));
  }
  ok(await client.loadCollectionSync({ collection_name }));
}

/** All rows sorted by distance, counted off; groups by their nearest row. */
function grouped(
  x: number,
  groupOf: (row: Row) => unknown,
  groupCount: number,
  groupSize: number,
  offset = 0,
): number[] {
  const sorted = [...rows].sort((l, r) => Math.abs(l.id - x) - Math.abs(r.id - x) || l.id - r.id);
  const groups = new Map<unknown, number[]>();
  for (const row of sorted) {
    const group = groups.get(groupOf(row));
    if (!group) groups.set(groupOf(row), [row.id]);
    else if (group.length < groupSize) group.push(row.id);
  }
  return [...groups.values()].slice(offset, offset + groupCount).flat();
}

chapter('Grouping search', (sdk) => {
  let collection_name: string;

  beforeAll(async () => {
    collection_name = sdk.name('groups');
    await createThings(sdk.client, collection_name);
  }, 60_000);

  const search = async (more: object) => {
    const request = {
      collection_name,
      anns_field: 'vector',
      data: [50.2, 0],
      limit: 4,
      output_fields: ['id'],
      ...more,
    };
    return (await sdk.client.search(request as never)) as unknown as {
      status: never;
      results: { id: string; group_by_field_values?: Record<string, unknown> }[];
    };
  };
  const idsOf = async (more: object) => ok(await search(more)).results.map(({ id }) => Number(id));

  feature('group by a field', () => {
    test('one row of each group, although one group fills the neighbourhood', async () => {
      expect(await idsOf({ group_by_field: 'color' })).toEqual(grouped(50.2, (row) => row.color, 4, 1));
    });

    test('a nullable field: null is a group', async () => {
      expect(await idsOf({ group_by_field: 'size', limit: 20 })).toEqual(grouped(50.2, (row) => row.size, 20, 1));
    });

    test('pages of groups', async () => {
      const page = (offset: number) => idsOf({ group_by_field: 'color', limit: 2, offset });
      expect(await page(0)).toEqual(grouped(50.2, (row) => row.color, 2, 1));
      expect(await page(2)).toEqual(grouped(50.2, (row) => row.color, 2, 1, 2));
      expect(await page(6)).toEqual(grouped(50.2, (row) => row.color, 2, 1, 6));
    });

    test('several queries, with a filter', async () => {
      const data = [
        [50.2, 0],
        [280.2, 0],
      ];
      const { results } = ok(await search({ data, group_by_field: 'color', limit: 3 })) as never as {
        results: { id: string }[][];
      };
      expect(results.map((hits) => hits.map(({ id }) => Number(id)))).toEqual([
        grouped(50.2, (row) => row.color, 3, 1),
        grouped(280.2, (row) => row.color, 3, 1),
      ]);
    });

    if (sdk.since('3.0')) {
      test('the answer names the group of each row', async () => {
        const { results } = ok(await search({ group_by_field: 'color' }));
        for (const { id, group_by_field_values } of results) {
          expect(group_by_field_values).toEqual({ color: rows[Number(id)]!.color });
        }
      });
    }
  });

  feature('group_size and strict_group_size', () => {
    test('rows of a group stand together and come from all segments', async () => {
      for (const strict_group_size of [false, true]) {
        const found = await idsOf({ group_by_field: 'color', group_size: 3, strict_group_size });
        expect(found).toEqual(grouped(50.2, (row) => row.color, 4, 3));
      }
    });

    test('a size beyond 10 is an error, and one below 1', async () => {
      failsWith(
        await search({ group_by_field: 'color', group_size: 11 }),
        1100,
        /exceeds configured max group size:10/,
      );
      failsWith(await search({ group_by_field: 'color', group_size: -1 }), 1100, /group size:-1/);
    });
  });

  feature('group by a dynamic key or a JSON path', () => {
    test('both', async () => {
      expect(await idsOf({ group_by_field: 'maker', group_size: 2 })).toEqual(grouped(50.2, (row) => row.maker, 4, 2));
      const byPath = await idsOf({ group_by_field: 'meta["a"]["b"]', limit: 5 });
      expect(byPath).toEqual(grouped(50.2, (row) => row.id % 5, 5, 1));
    });

    test('a number and a text that look alike are two groups', async () => {
      const found = await idsOf({ group_by_field: 'mixed', limit: 6 });
      expect(found).toEqual(grouped(50.2, (row) => row.mixed, 6, 1));
      expect(found).toHaveLength(4);
    });
  });

  feature('what cannot be grouped', () => {
    test('a vector field, a range search, an unknown field of a collection without dynamic fields', async () => {
      failsWith(await search({ group_by_field: 'other' }), 1100, /group by/);
      failsWith(await search({ group_by_field: 'color', params: { radius: 10 } }), 1100, /range-search/);
    });
  });

  feature('grouping in hybrid search', () => {
    test('the groups of all searches meet', async () => {
      const { results } = ok(
        await sdk.client.hybridSearch({
          collection_name,
          data: [
            { anns_field: 'vector', data: [250.2, 0], limit: 3, group_by_field: 'color' },
            { anns_field: 'other', data: [50.1, 0], limit: 3, group_by_field: 'color' },
          ],
          limit: 3,
          output_fields: ['id', 'color'],
        } as never),
      ) as never as { results: { id: string; color: string }[] };
      // Both look at row 250.
      expect(results.map(({ color }) => color)).toEqual(
        grouped(250, (row) => row.color, 3, 1).map((id) => rows[id]!.color),
      );
    });
  });
});

httpChapter('Grouping search', (rest) => {
  let collectionName: string;

  beforeAll(async () => {
    collectionName = uniqueName('groups_rest');
    const client = new MilvusClient({ address: rest.deployment.address });
    await createThings(client, collectionName);
    await client.closeConnection();
  }, 60_000);

  afterAll(() => rest.post('collections/drop', { collectionName }));

  feature('group by a field', () => {
    test('groupingField, groupSize', async () => {
      const data = okData(
        await rest.post('entities/search', {
          collectionName,
          annsField: 'vector',
          data: [[50.2, 0]],
          limit: 4,
          groupingField: 'color',
          groupSize: 2,
          strictGroupSize: true,
        }),
      ) as { id: number }[];
      expect(data.map(({ id }) => id)).toEqual(grouped(50.2, (row) => row.color, 4, 2));
    });
  });
});
