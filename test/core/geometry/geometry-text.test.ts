import { describe, expect, test } from 'vitest';
import { wkbFromWkt, wktFromWkb } from '../../../core/geometry/geometry-text.ts';
import { readWkb } from '../../../core/geometry/read-wkb.ts';

const TEXTS = [
  'POINT (30.123 -10.456)',
  'POINT EMPTY',
  'POINT (1e-7 1e+300)',
  'LINESTRING (0 0, 1 1, 2 0)',
  'LINESTRING EMPTY',
  'POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 2 1, 2 2, 1 1))',
  'POLYGON EMPTY',
  'MULTIPOINT ((1 2), (3 4))',
  'MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))',
  'MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))',
  'GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1), GEOMETRYCOLLECTION (POINT (3 4)))',
  'GEOMETRYCOLLECTION EMPTY',
];

test.each(TEXTS)('%s survives text, bytes, text', (text) => {
  expect(wktFromWkb(wkbFromWkt(text))).toBe(text);
});

test('spellings of one geometry are stored alike', () => {
  expect(wkbFromWkt(' point(1   2) ')).toEqual(wkbFromWkt('POINT (1 2)'));
  expect(wkbFromWkt('MULTIPOINT (1 2, 3 4)')).toEqual(wkbFromWkt('MULTIPOINT ((1 2), (3 4))'));
});

test('the bytes are what the standard says', () => {
  expect(Buffer.from(wkbFromWkt('POINT (1 2)')).toString('hex')).toBe('0101000000000000000000f03f0000000000000040');
});

test('big-endian bytes are read', () => {
  const bytes = Buffer.from('00000000013ff00000000000004000000000000000', 'hex');
  expect(wktFromWkb(bytes)).toBe('POINT (1 2)');
});

describe('text that is no geometry', () => {
  test.each([
    ['', 'no brackets'],
    ['garbage', 'Invalid geometry type'],
    ['POINT (1)', 'Unexpected'],
    ['POINT (1 2) x', 'unexpected x at position 12'],
    ['POINT (1 2) POINT (3 4)', 'unexpected P'],
    ['POINT (1 2))', 'unexpected )'],
    ['POINT (1 2', 'not closed'],
    ['POINT (NaN 2)', 'Unexpected'],
    ['LINESTRING (0 0)', 'Invalid number of points'],
    ['POLYGON ((0 0, 1 0, 1 1, 0 1))', 'closed linestring'],
    [`GEOMETRYCOLLECTION ${'('.repeat(100_000)}`, 'deep'],
  ])('%s', (text, why) => {
    expect(() => wkbFromWkt(text)).toThrow(why);
  });

  test('a third coordinate is not supported, a long text too large', () => {
    expect(() => wkbFromWkt('POINT Z (1 2 3)')).toThrow('Z coordinate');
    expect(() => wkbFromWkt(`POINT (${' '.repeat(1024 * 1024)}1 2)`)).toThrow('exceeds the limit of 1048576');
  });
});

describe('bytes that are no geometry', () => {
  const point = wkbFromWkt('POINT (1 2)');
  test.each([
    ['nothing', new Uint8Array(0), 'end too early'],
    ['half a point', point.subarray(0, 12), 'end too early'],
    ['more than a point', Buffer.concat([point, point]), '21 bytes follow'],
    ['an unknown type', Buffer.from('01e9030000', 'hex'), 'type 1001 are not supported'],
    ['a count beyond the bytes', Buffer.from('0102000000ffffffff', 'hex'), 'end too early'],
    [
      'a line of one position',
      Buffer.concat([Buffer.from('010200000001000000', 'hex'), new Uint8Array(16)]),
      'number of points',
    ],
    [
      'a line among points',
      Buffer.concat([Buffer.from('010400000001000000', 'hex'), wkbFromWkt('LINESTRING (0 0, 1 1)')]),
      'collection of Points',
    ],
    ['endless nesting', Buffer.from('010700000001000000'.repeat(1000), 'hex'), 'more than 32 deep'],
  ])('%s', (_what, bytes, why) => {
    expect(() => readWkb(bytes)).toThrow(why);
  });
});
