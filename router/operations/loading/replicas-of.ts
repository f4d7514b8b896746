import type { CollectionRecord } from '../../../core/catalog.ts';
import { BraidError } from '../../../core/errors.ts';
import { DEFAULT_RESOURCE_GROUP, groupsOfReplicas } from '../../../core/resource-groups/resource-group.ts';

type Properties = Readonly<Record<string, string>>;

interface Asked {
  readonly replicaCount: number;
  readonly resourceGroups?: readonly string[];
}

/**
 * The resource group of each replica to load: as asked; what is not said is as now if the collection is loaded, else as the properties of the collection or of its
 * database say, else one replica in the default group. One group holds all replicas; several must be as many as there are replicas, which then lie one in each.
 */
export function replicasOf(
  collection: CollectionRecord,
  databaseProperties: Properties,
  asked: Asked,
): readonly string[] {
  const loaded = collection.partitions.some((partition) => partition.loaded) ? groupsOfReplicas(collection) : undefined;
  const named = asked.resourceGroups?.length
    ? asked.resourceGroups
    : (groupsNow(loaded, asked.replicaCount) ?? groupsInProperties(collection.properties, databaseProperties));
  const preset = loaded?.length ?? countInProperties(collection.properties, databaseProperties);
  const count = asked.replicaCount > 0 ? asked.replicaCount : (preset ?? Math.max(1, named.length));
  if (named.length === 0) return Array(count).fill(DEFAULT_RESOURCE_GROUP);
  if (named.length === 1) return Array(count).fill(named[0]!);
  if (named.length === count) return named;
  const message = `resource group num can only be 0, 1 or same as replica number: ${count} replicas, resource groups [${named.join(' ')}]`;
  throw new BraidError('parameterInvalid', message);
}

/** A loaded collection stays where it is: wholly if the number of its replicas does, else if they are all in one group. */
function groupsNow(loaded: readonly string[] | undefined, askedCount: number): readonly string[] | undefined {
  if (!loaded) return undefined;
  return askedCount > 0 && askedCount !== loaded.length ? [...new Set(loaded)] : loaded;
}

function groupsInProperties(own: Properties, ofDatabase: Properties): readonly string[] {
  const text = own['collection.resource_groups'] ?? ofDatabase['database.resource_groups'] ?? '';
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function countInProperties(own: Properties, ofDatabase: Properties): number | undefined {
  const text = own['collection.replica.number'] ?? ofDatabase['database.replica.number'];
  return text === undefined ? undefined : Math.max(1, Number.parseInt(text, 10) || 1);
}
