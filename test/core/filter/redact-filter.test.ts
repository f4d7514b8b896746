import { expect, test } from 'vitest';
import { redactFilter } from '../../../core/filter/redact-filter.ts';

test.each([
  ['age > 30 and name == "Ada"', 'age > ? and name == ?'],
  ["id in [1, 2,3] or name like 'A%'", 'id in [?] or name like ?'],
  ['meta["color"]["shade"] == "red"', 'meta["color"]["shade"] == ?'],
  ['tags[0] == -1.5', 'tags[0] == -?'],
  ['array_contains_any(tags, ["a", "b"])', 'array_contains_any(tags, [?])'],
  ['color in {names}', 'color in {names}'],
  ['', ''],
])('%s', (filter, shape) => expect(redactFilter(filter)).toBe(shape));

test('what cannot be read is not shown', () => {
  expect(redactFilter('name == "secret')).toBe('<15 characters that are no filter>');
});

test('a long filter is cut', () => {
  const shape = redactFilter(Array.from({ length: 10_000 }, (_, i) => `a == ${i}`).join(' or '));
  expect(shape.length).toBeLessThan(9_000);
  expect(shape.endsWith('…')).toBe(true);
});
