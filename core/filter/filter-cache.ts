import { LRUCache } from 'lru-cache';
import type { CollectionSchema } from '../schema/collection-schema.ts';
import { compileFilter } from './compile-filter.ts';
import { FILTER_LIMITS, type Filter, type TemplateValue } from './filter.ts';

/**
 * Compiled filters, those used last. Bounded by count and by the bytes of their texts; filters with template values are compiled each time,
 * because the values are what is large in them.
 */
export class FilterCache {
  readonly #filters = new LRUCache<string, Filter>({
    max: FILTER_LIMITS.cacheEntriesMax,
    maxSize: FILTER_LIMITS.cacheTextCharactersMax,
    sizeCalculation: (_filter, key) => key.length,
  });

  /** `collectionId` tells collections of one name apart; together with `schema.version` it stands for the fields. */
  compile(
    text: string,
    collectionId: bigint | number | string,
    schema: CollectionSchema,
    templates?: ReadonlyMap<string, TemplateValue>,
  ): Filter {
    if (templates && templates.size > 0) return compileFilter(text, schema, templates);
    const key = `${collectionId}:${schema.version}:${text}`;
    const known = this.#filters.get(key);
    if (known) return known;
    const filter = compileFilter(text, schema);
    this.#filters.set(key, filter);
    return filter;
  }
}
