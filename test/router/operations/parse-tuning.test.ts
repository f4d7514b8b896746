import { expect, test } from 'vitest';
import { parseTuning } from '../../../router/operations/reads/parse-tuning.ts';

function tuning(given: Record<string, string>, hitCount = 10) {
  return parseTuning((name) => given[name], hitCount);
}

test('every index has its word for how hard to look', () => {
  expect(tuning({})).toEqual({ expansion: 0, probeCount: 0, reorderCount: 0, dropRatio: 0 });
  expect(tuning({ ef: '64', nprobe: '"8"', reorder_k: '100', drop_ratio_search: '0.25' })).toEqual({
    expansion: 64,
    probeCount: 8,
    reorderCount: 100,
    dropRatio: 0.25,
  });
  expect(tuning({ search_list: '300' }).expansion).toBe(300);
  expect(tuning({ ef: '2000000000' }).expansion).toBe(65_536);
  expect(tuning({ refine_k: '1.55' }, 100).reorderCount).toBe(155);
});

test.each([
  ['ef', '0', '[1, 2147483647]'],
  ['ef', 'many', '[1, 2147483647]'],
  ['search_list', '2147483648', '[1, 2147483647]'],
  ['nprobe', '65537', '[1, 65536]'],
  ['reorder_k', '-1', '[1, 2147483647]'],
  ['refine_k', '0.5', '[1, inf)'],
  ['drop_ratio_search', '1', '[0, 1)'],
  ['drop_ratio_search', '-0.1', '[0, 1)'],
])('%s = %s is out of range', (name, text, range) => {
  expect(() => tuning({ [name]: text })).toThrow(`param '${name}' (${text}) should be in range ${range}`);
});
