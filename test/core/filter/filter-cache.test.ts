import { describe, expect, it } from 'vitest';
import { FILTER_LIMITS } from '../../../core/filter/filter.ts';
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

  it('does not keep filters with template values, nor errors', () => {
    const cache = new FilterCache();
    const templates = new Map([['x', 1n]]);
    expect(cache.compile('i32 == {x}', 7n, SCHEMA, templates)).not.toBe(
      cache.compile('i32 == {x}', 7n, SCHEMA, templates),
    );
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
