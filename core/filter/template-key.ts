import { FILTER_LIMITS, type TemplateValue } from './filter.ts';

/**
 * A text that is equal for equal template values and differs for different ones, types included (1, 1.0, "1" and true are four); undefined if the values
 * together are larger than `cacheTemplateCharactersMax`, which is found out without looking at more of them than that.
 */
export function templateKey(templates: ReadonlyMap<string, TemplateValue>): string | undefined {
  const parts: string[] = [];
  let length = 0;
  const add = (part: string) => {
    length += part.length;
    parts.push(part);
    return length <= FILTER_LIMITS.cacheTemplateCharactersMax;
  };
  for (const name of [...templates.keys()].sort()) {
    if (!add(JSON.stringify(name)) || !addValue(templates.get(name)!, add, 0)) return undefined;
  }
  return parts.join();
}

/** False once there is too much. */
function addValue(value: TemplateValue, add: (part: string) => boolean, depth: number): boolean {
  switch (typeof value) {
    case 'string':
      return value.length <= FILTER_LIMITS.cacheTemplateCharactersMax && add(JSON.stringify(value));
    case 'bigint':
      return add(`${value}n`);
    case 'object':
      if (depth === FILTER_LIMITS.depthMax || !add('[')) return false;
      for (const item of value) if (!addValue(item, add, depth + 1)) return false;
      return add(']');
    default:
      return add(Object.is(value, -0) ? '-0' : String(value));
  }
}
