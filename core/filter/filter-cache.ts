import { LRUCache } from 'lru-cache';
import type { CollectionSchema } from '../schema/collection-schema.ts';
import { UTC } from '../time/timestamptz.ts';
import { compileFilter } from './compile-filter.ts';
import { FILTER_LIMITS, type Filter, type TemplateValue } from './filter.ts';
import { templateKey } from './template-key.ts';

/**
 * Compiled filters, those used last, by their text and template values. Bounded by count and by the characters of both; a filter with large template
 * values is compiled each time.
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
    zone: string = UTC,
  ): Filter {
    const values = templates && templates.size > 0 ? templateKey(templates) : '';
    if (values === undefined) return compileFilter(text, schema, templates, zone);
    const key = `${collectionId}:${schema.version}:${zone}:${values.length}:${values}${text}`;
    const known = this.#filters.get(key);
    if (known) return known;
    const filter = compileFilter(text, schema, templates, zone);
    if (!filter.isRandom) this.#filters.set(key, filter);
    return filter;
  }
}
