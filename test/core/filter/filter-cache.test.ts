import { describe, expect, it } from 'vitest';
import { FILTER_LIMITS, type TemplateValue } from '../../../core/filter/filter.ts';
import { FilterCache } from '../../../core/filter/filter-cache.ts';
import { SCHEMA } from './support.ts';

describe('FilterCache', () => {
  it('gives the same filter for the same text, collection and version', () => {
    const cache = new FilterCache();
    const first = cache.compile('i32 == 1', 7n, SCHEMA);
    expect(cache.compile('i32 == 1', 7n, { ...SCHEMA })).toBe(first);
    expect(cache.compile('i32 == 2', 7n, SCHEMA)).not.toBe(first);
    expect(cache.compile('i32 == 1', 8n, SCHEMA)).not.toBe(first);
    expect(cache.compile('i32 == 1', 7n, { ...SCHEMA, version: 2 })).not.toBe(first);
  });

  it('tells template values apart by value and type', () => {
    const cache = new FilterCache();
    const compile = (x: TemplateValue, text = 'j["a"] == {x}') => cache.compile(text, 7n, SCHEMA, new Map([['x', x]]));
    const values: TemplateValue[] = [1n, 1, '1', true, 'true', '1n', [1n], [], [[]], ['1', '2'], ['1,2'], 0, -0];
    const filters = values.map((value) => compile(value));
    expect(new Set(filters).size).toBe(values.length);
    expect(values.map((value) => compile(value))).toEqual(filters);
    for (const [i, value] of values.entries()) expect(compile(value)).toBe(filters[i]);
    expect(compile(1n, 'j["b"] == {x}')).not.toBe(filters[0]);
    expect(cache.compile('j["a"] == 1', 7n, SCHEMA)).not.toBe(filters[0]);
  });

  it('does not keep samples, filters with large template values, nor errors', () => {
    const cache = new FilterCache();
    const twice = (text: string, x: TemplateValue) =>
      [1, 2].map(() => cache.compile(text, 7n, SCHEMA, new Map([['x', x]])));
    const isKept = ([first, second]: unknown[]) => first === second;
    expect(isKept(twice('i32 > {x} and random_sample(0.5)', 1n))).toBe(false);
    expect(
      isKept(
        twice(
          'i32 in {x}',
          Array.from({ length: 100 }, (_, i) => BigInt(i)),
        ),
      ),
    ).toBe(true);
    expect(
      isKept(
        twice(
          'i32 in {x}',
          Array.from({ length: 10_000 }, (_, i) => BigInt(i)),
        ),
      ),
    ).toBe(false);
    expect(isKept(twice('s == {x}', 'x'.repeat(20_000)))).toBe(false);
    expect(() => cache.compile('nope ==', 7n, SCHEMA)).toThrow('expected a value');
    expect(() => cache.compile('nope ==', 7n, SCHEMA)).toThrow('expected a value');
  });

  it('forgets the filters that were not used for longest', () => {
    const cache = new FilterCache();
    const first = cache.compile('i32 == 0', 7n, SCHEMA);
    for (let i = 1; i <= FILTER_LIMITS.cacheEntriesMax; i++) cache.compile(`i32 == ${i}`, 7n, SCHEMA);
    expect(cache.compile('i32 == 0', 7n, SCHEMA)).not.toBe(first);
  });
});
