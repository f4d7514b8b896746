import type { Properties } from '../catalog-commands.ts';

/** The properties with `set` put in and the keys of `unset` taken out. */
export function changeProperties(properties: Properties, set: Properties, unset: readonly string[]): Properties {
  // Entries, not spread: a key may be `__proto__`.
  const changed = new Map([...Object.entries(properties), ...Object.entries(set)]);
  for (const key of unset) changed.delete(key);
  return Object.fromEntries(changed);
}
