import type { CollectionRecord } from '../../../core/catalog.ts';
import { PROPERTIES, validateTimezone } from '../../../core/schema/validate-properties.ts';
import { UTC } from '../../../core/time/timestamptz.ts';

/** The zone in which a read means and shows timestamps: that of the request (`timezone`), else of the collection, else UTC. Throws for one that does not exist. */
export function zoneOfRead(collection: CollectionRecord, parameters?: ReadonlyMap<string, string>): string {
  const asked = parameters?.get(PROPERTIES.timezone)?.replaceAll('"', '');
  if (!asked) return collection.properties[PROPERTIES.timezone] ?? UTC;
  validateTimezone(PROPERTIES.timezone, asked);
  return asked;
}
