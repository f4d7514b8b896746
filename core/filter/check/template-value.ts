import { INT64_MAX, INT64_MIN } from '../evaluate/integer-interval.ts';
import { FILTER_LIMITS, type TemplateValue } from '../filter.ts';

/** Template values come from outside like the text does and have the same bounds. Gives what is wrong with a value, or undefined. */
export function checkTemplateValue(value: TemplateValue): string | undefined {
  let lists: readonly (readonly TemplateValue[])[] = [[value]];
  let count = -1;
  for (let depth = 0; lists.length > 0; depth++) {
    if (depth > FILTER_LIMITS.depthMax + 1) return `is nested deeper than ${FILTER_LIMITS.depthMax} levels (depthMax)`;
    const inner: (readonly TemplateValue[])[] = [];
    for (const list of lists) {
      count += list.length;
      if (count > FILTER_LIMITS.listValuesMax)
        return `lists more than ${FILTER_LIMITS.listValuesMax} values (listValuesMax)`;
      for (const item of list) {
        if (typeof item === 'object') inner.push(item);
        else if (typeof item === 'bigint' && (item < INT64_MIN || item > INT64_MAX))
          return `holds ${item}, beyond 64 bits`;
        else if (typeof item === 'number' && !Number.isFinite(item)) return `holds ${item}`;
      }
    }
    lists = inner;
  }
  return undefined;
}
