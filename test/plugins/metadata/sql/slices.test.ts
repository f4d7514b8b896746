import { expect, test } from 'vitest';
import { METADATA_LIMITS } from '../../../../plugins/metadata/limits.ts';
import { mapInSlices } from '../../../../plugins/metadata/sql/slices.ts';

test('a long list is mapped in order while others get their turns', async () => {
  const rows = Array.from({ length: METADATA_LIMITS.sliceRows * 20 }, (_, i) => i);
  let turns = 0;
  let isDone = false;
  const others = (async () => {
    while (!isDone) {
      await new Promise(setImmediate);
      turns++;
    }
  })();
  const mapped = await mapInSlices(rows, (row) => {
    const endMs = performance.now() + (METADATA_LIMITS.sliceMs / METADATA_LIMITS.sliceRows) * 2;
    while (performance.now() < endMs);
    return row * 2;
  });
  isDone = true;
  await others;
  expect(mapped).toEqual(rows.map((row) => row * 2));
  expect(turns).toBeGreaterThanOrEqual(19);
});
