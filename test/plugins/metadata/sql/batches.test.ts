import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inBatches } from '../../../../plugins/metadata/sql/batches.ts';

test('batches hold everything once and in order, in few sizes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000 }), (length) => {
      const items = Array.from({ length }, (_, i) => i);
      const batches = [...inBatches(items)];
      expect(batches.flat()).toEqual(items);
      expect(new Set([1, 10, 100, ...batches.map((batch) => batch.length)]).size).toBe(3);
      expect(batches.length).toBeLessThanOrEqual(length / 100 + 9 + 9);
    }),
  );
});
