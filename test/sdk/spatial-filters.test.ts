import { DataType, type FieldType } from '@zilliz/milvus2-sdk-node';
import { beforeAll, expect, test } from 'vitest';
import { failsWith, ok } from './support/answers.ts';
import { chapter, feature } from './support/chapter.ts';
import { createLoaded, keyField, rowsOf, vectorField } from './support/rows.ts';

const DIM = 2;
const ROWS = 100;
const index = { index_type: 'FLAT', metric_type: 'L2' };
const fields: FieldType[] = [
  keyField,
  vectorField(DIM),
  { name: 'place', data_type: DataType.Geometry, nullable: true },
  { name: 'moment', data_type: DataType.Timestamptz, nullable: true },
];
const HOUR_MS = 3_600_000;
const START = '2025-01-30T00:00:00Z';
/** A grid of ten by ten points; an hour passes from row to row. */
const rows = rowsOf(ROWS, DIM, (i) => ({
  place: i === 99 ? null : `POINT (${i % 10} ${Math.floor(i / 10)})`,
  moment: i === 99 ? null : new Date(Date.parse(START) + i * HOUR_MS).toISOString(),
}));
const SQUARE = 'POLYGON ((2 2, 5 2, 5 5, 2 5, 2 2))';

chapter('Filters', { since: '2.6' }, (sdk) => {
  let collection_name: string;
  beforeAll(async () => {
    const properties = { timezone: 'Asia/Shanghai' };
    const options = { fields, index, rows: rows.slice(0, ROWS / 2), properties } as never;
    collection_name = await createLoaded(sdk, 'places', options);
    ok(await sdk.client.flushSync({ collection_names: [collection_name] }));
    ok(await sdk.client.insert({ collection_name, data: rows.slice(ROWS / 2) as never }));
  });

  const idsOf = async (filter: string) =>
    ok(await sdk.client.query({ collection_name, filter, output_fields: ['id'], limit: ROWS } as never)).data.map(
      ({ id }) => Number(id),
    );
  const where = (holds: (x: number, y: number) => boolean) =>
    rows.filter(({ id }) => id < 99 && holds(id % 10, Math.floor(id / 10))).map(({ id }) => id);
  const inside = (x: number, y: number) => x > 2 && x < 5 && y > 2 && y < 5;
  const covered = (x: number, y: number) => x >= 2 && x <= 5 && y >= 2 && y <= 5;

  feature('spatial predicates', () => {
    test.each<[string, (x: number, y: number) => boolean]>([
      [`st_within(place, '${SQUARE}')`, inside],
      [`ST_INTERSECTS(place, '${SQUARE}')`, covered],
      [`st_touches(place, '${SQUARE}')`, (x, y) => covered(x, y) && !inside(x, y)],
      [`not st_intersects(place, '${SQUARE}')`, (x, y) => !covered(x, y)],
      ["st_equals(place, 'POINT (3 4)')", (x, y) => x === 3 && y === 4],
      ["st_contains(place, 'POINT (3 4)') or id == 5", (x, y) => (x === 3 && y === 4) || (x === 5 && y === 0)],
      ["st_dwithin(place, 'POINT (0 0)', 112000)", (x, y) => x + y <= 1],
      [`st_overlaps(place, '${SQUARE}')`, () => false],
      ['st_isvalid(place)', () => true],
    ])('%s', async (filter, holds) => expect(await idsOf(filter)).toEqual(where(holds)));

    test('an RTREE index changes no answer', async () => {
      const request = { collection_name, field_name: 'place', index_name: 'by_place', index_type: 'RTREE' };
      ok(await sdk.client.createIndex(request as never));
      expect(await idsOf(`(st_within(place, '${SQUARE}'))`)).toEqual(where(inside));
    });

    test('a field that is no geometry, and a text that is none', async () => {
      const query = (filter: string) => sdk.client.query({ collection_name, filter, limit: 1 } as never);
      failsWith(await query("st_within(moment, 'POINT (1 1)')"), 1100, /only supported on geometry fields/);
      failsWith(await query("st_within(place, 'POINT (1')"), 1100, /not well-known text/);
    });
  });

  feature('timestamps and intervals', () => {
    const after = (text: string) => {
      const ms = Date.parse(text);
      return rows.filter(({ moment }) => moment !== null && Date.parse(moment) > ms).map(({ id }) => id);
    };
    test.each([
      ["moment > ISO '2025-02-01T00:00:00Z'", '2025-02-01T00:00:00Z'],
      ["moment > ISO '2025-02-01T00:00:00'", '2025-02-01T00:00:00+08:00'],
      ["ISO '2025-02-01T00:00:00+05:30' < moment", '2025-02-01T00:00:00+05:30'],
      ["moment + INTERVAL 'P1DT2H' > ISO '2025-02-02T02:00:00Z'", '2025-02-01T00:00:00Z'],
      ["moment - INTERVAL 'P1M' > ISO '2025-01-01T00:00:00Z'", '2025-02-01T00:00:00Z'],
    ])('%s', async (filter, from) => expect(await idsOf(filter)).toEqual(after(from)));

    test('without an offset in the zone of the request, if it names one', async () => {
      const filter = "moment > ISO '2025-02-01T00:00:00'";
      const request = { collection_name, data: [0, 0], filter, limit: ROWS, params: { timezone: 'America/New_York' } };
      const { results } = ok(await sdk.client.search(request));
      const found = results.map(({ id }) => Number(id)).sort((left, right) => left - right);
      expect(found).toEqual(after('2025-02-01T00:00:00-05:00'));
    });
  });
});
