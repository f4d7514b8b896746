import { expect, test } from 'vitest';
import { BoundedLabel } from '../../telemetry/bounded-label.ts';

test('the first names are themselves, later ones are one', () => {
  const label = new BoundedLabel(2);
  expect(['a', 'b', 'c', 'a', 'd', 'b', ''].map((name) => label.of(name))).toEqual([
    'a',
    'b',
    'other',
    'a',
    'other',
    'b',
    '',
  ]);
});
