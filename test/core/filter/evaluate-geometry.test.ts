import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matching, rowsOf, SCHEMA, sourceOf } from './support.ts';

const SQUARE = 'POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0))';
const rows = sourceOf(
  rowsOf('geo', [
    'POINT (5 5)',
    'POINT (0 5)',
    'POINT (20 5)',
    SQUARE,
    'POLYGON ((5 5, 15 5, 15 15, 5 15, 5 5))',
    'LINESTRING (-5 5, 15 5)',
    'LINESTRING (1 1, 2 2)',
    'POLYGON ((-10 -10, 30 -10, 30 30, -10 30, -10 -10))',
    null,
    'POINT EMPTY',
    'MULTIPOINT ((5 5), (50 50))',
    'POLYGON ((10 0, 10 10, 0 10, 0 0, 10 0))',
    'GEOMETRYCOLLECTION (POINT (5 5), LINESTRING (40 40, 50 50))',
  ]),
);

describe('spatial relations', () => {
  it.each<[string, number[]]>([
    [`st_within(geo, '${SQUARE}')`, [0, 3, 6, 11]],
    [`ST_WITHIN(geo, "${SQUARE}")`, [0, 3, 6, 11]],
    [`not st_within(geo, '${SQUARE}')`, [1, 2, 4, 5, 7, 9, 10, 12]],
    [`st_intersects(geo, '${SQUARE}')`, [0, 1, 3, 4, 5, 6, 7, 10, 11, 12]],
    [`st_touches(geo, '${SQUARE}')`, [1]],
    [`st_overlaps(geo, '${SQUARE}')`, [4]],
    [`st_crosses(geo, '${SQUARE}')`, [5, 10, 12]],
    [`st_equals(geo, '${SQUARE}')`, [3, 11]],
    [`st_contains(geo, '${SQUARE}')`, [3, 7, 11]],
    ["st_contains(geo, 'POINT (5 5)')", [0, 3, 5, 7, 10, 11, 12]],
    ["st_equals(geo, 'POINT (5 5)')", [0]],
    ["st_intersects(geo, 'POINT (100 100)')", []],
    ['st_within(geo, {area})', [0, 3, 6, 11]],
    ['geo is null', [8]],
    ["st_intersects(geo, 'POLYGON EMPTY')", []],
  ])('%s', (text, expected) => expect(matching(text, rows, SCHEMA, { area: SQUARE })).toEqual(expected));

  it('of points and an area with many corners', () => {
    const corners = Array.from({ length: 100 }, (_, i) => [Math.cos(i * 0.0628) * 10, Math.sin(i * 0.0628) * 10]);
    const circle = `POLYGON ((${[...corners, corners[0]!].map((corner) => corner.join(' ')).join(', ')}))`;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -12, max: 12 }), fc.integer({ min: -12, max: 12 })), { maxLength: 30 }),
        (points) => {
          const source = sourceOf(
            rowsOf(
              'geo',
              points.map(([x, y]) => `POINT (${x} ${y})`),
            ),
          );
          const inside = points.flatMap(([x, y], i) => (Math.hypot(x, y) < 9.99 ? [i] : []));
          const near = points.flatMap(([x, y], i) => (Math.hypot(x, y) < 10.01 ? [i] : []));
          const found = matching(`st_within(geo, '${circle}')`, source);
          expect(found.filter((row) => !near.includes(row))).toEqual([]);
          expect(inside.filter((row) => !found.includes(row))).toEqual([]);
        },
      ),
    );
  });
});

describe('distances and validity', () => {
  // A degree of longitude at the equator is 111,195 m on the sphere.
  const places = sourceOf(
    rowsOf('geo', ['POINT (0 0)', 'POINT (1 0)', 'POINT (0 60)', 'LINESTRING (2 -1, 2 1)', 'POINT EMPTY', null]),
  );
  it.each<[string, number[]]>([
    ["st_dwithin(geo, 'POINT (0 0)', 0)", [0]],
    ["st_dwithin(geo, 'POINT (0 0)', 111190)", [0]],
    ["st_dwithin(geo, 'POINT (0 0)', 111200.5)", [0, 1]],
    ["st_dwithin(geo, 'POINT (1 60)', 56000)", [2]],
    ["st_dwithin(geo, 'POINT (0 0)', 222600)", [0, 1]],
    ["st_dwithin(geo, 'POINT (0 0)', 222700)", [0, 1, 3]],
    ["not st_dwithin(geo, 'POINT (0 0)', 111190)", [1, 2, 3, 4]],
  ])('%s', (text, expected) => expect(matching(text, places)).toEqual(expected));

  it('st_isvalid', () => {
    const shapes = ['POLYGON ((0 0, 10 10, 10 0, 0 10, 0 0))', SQUARE, 'POINT (1 1)', null];
    const source = sourceOf(rowsOf('geo', shapes));
    expect(matching('st_isvalid(geo)', source)).toEqual([1, 2]);
    expect(matching('not st_isvalid(geo)', source)).toEqual([0]);
  });
});
