import { isDeepStrictEqual } from 'node:util';
import type { CollectionRecord } from '../../../core/catalog.ts';
import type { CatalogCommand } from '../../../core/catalog-commands.ts';
import { BraidError } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import {
  DEFAULT_RESOURCE_GROUP,
  groupsOfReplicas,
  type ResourceGroupConfig,
  type ResourceGroupRecord,
} from '../../../core/resource-groups/resource-group.ts';
import type { CatalogState } from './catalog-state.ts';
import { type CommandContext, type CommandOutcome, isLoaded, replaceCollection, unchanged } from './command-outcome.ts';

/** Rules and words are Milvus' (internal/querycoordv2/meta/resource_manager.go). */

type Command<Kind extends CatalogCommand['kind']> = Extract<CatalogCommand, { kind: Kind }>;

export function createResourceGroup(
  { catalog }: CommandContext,
  { name, config }: Command<'createResourceGroup'>,
): CommandOutcome {
  const groups = catalog.resourceGroups;
  const known = groups.find((group) => group.name === name);
  if (known && isDeepStrictEqual(known.config, config)) return unchanged();
  if (known) {
    const message = `resource group already exist, but create with different config[rg=${name}]`;
    throw new BraidError('resourceGroupExists', message);
  }
  if (groups.length >= LIMITS.resourceGroupsMax) {
    const message = `resource group num reach limit ${LIMITS.resourceGroupsMax}[rg=${name}]`;
    throw new BraidError('resourceGroupLimit', message);
  }
  refuseBadConfig(groups, name, config);
  return put({ name, config });
}

export function updateResourceGroups(
  { catalog }: CommandContext,
  { configs }: Command<'updateResourceGroups'>,
): CommandOutcome {
  const groups = catalog.resourceGroups;
  const changed: ResourceGroupRecord[] = [];
  for (const [name, config] of Object.entries(configs)) {
    const known = requireGroup(catalog, name);
    refuseBadConfig(groups, name, config);
    if (!isDeepStrictEqual(known.config, config)) changed.push({ name, config });
  }
  return put(...changed);
}

export function dropResourceGroup({ catalog }: CommandContext, { name }: Command<'dropResourceGroup'>): CommandOutcome {
  const groups = catalog.resourceGroups;
  const known = groups.find((group) => group.name === name);
  if (!known) return unchanged();
  const refuse = (reason: string): never => {
    throw new BraidError('parameterInvalid', `resource group ${name} cannot be dropped: ${reason}`);
  };
  if (name === DEFAULT_RESOURCE_GROUP) refuse('default resource group is not deletable');
  if (known.config.limits !== 0) refuse("resource group's limits node num is not 0");
  for (const { name: other, config } of groups) {
    if (config.transferFrom.includes(name)) refuse(`it is used by ${other}'s \`TransferFrom\``);
    if (config.transferTo.includes(name)) refuse(`it is used by ${other}'s \`TransferTo\``);
  }
  const tenant = catalog.collections.find(
    (collection) => isLoaded(collection) && groupsOfReplicas(collection).includes(name),
  );
  if (tenant) refuse(`some replicas are still loaded in it, of collection ${tenant.name} for one: release it first`);
  return { changes: [{ kind: 'dropResourceGroup', name }], result: {} };
}

export function transferNodes(
  { catalog }: CommandContext,
  { source: sourceName, target: targetName, count }: Command<'transferNodes'>,
): CommandOutcome {
  const { config: source } = requireGroup(catalog, sourceName);
  const { config: target } = requireGroup(catalog, targetName);
  const requests = target.requests + count;
  return put(
    {
      name: sourceName,
      config: {
        ...source,
        requests: Math.max(0, source.requests - count),
        limits: sourceName === DEFAULT_RESOURCE_GROUP ? source.limits : Math.max(0, source.limits - count),
      },
    },
    { name: targetName, config: { ...target, requests, limits: Math.max(requests, target.limits) } },
  );
}

export function transferReplicas(context: CommandContext, command: Command<'transferReplicas'>): CommandOutcome {
  const { catalog } = context;
  const { source, target, count } = command;
  requireGroup(catalog, source);
  requireGroup(catalog, target);
  const collection = catalog.collection(command.database, command.collection);
  if (!isLoaded(collection)) {
    throw new BraidError('collectionNotLoaded', `collection not loaded[collection=${collection.name}]`);
  }
  const groups = groupsOfReplicas(collection);
  const there = groups.filter((group) => group === source).length;
  if (there < count) {
    const message = `collection ${collection.name} has ${there} replicas in resource group ${source}, ${count} cannot be transferred`;
    throw new BraidError('parameterInvalid', message);
  }
  let left = count;
  const replicaGroups = groups.map((group) => (group === source && left-- > 0 ? target : group));
  return replaceCollection(context, withGroups(collection, replicaGroups));
}

/** The record with these groups of its replicas; all in the default group is the same as none said. */
export function withGroups(
  { replicaGroups: _, ...rest }: CollectionRecord,
  groups: readonly string[] | undefined,
): CollectionRecord {
  const isDefault = groups?.every((group) => group === DEFAULT_RESOURCE_GROUP) ?? true;
  return isDefault ? rest : { ...rest, ...(groups && { replicaGroups: groups }) };
}

/** Throws `resourceGroupNotFound`. */
export function requireGroup(catalog: CatalogState, name: string): ResourceGroupRecord {
  const found = catalog.resourceGroups.find((group) => group.name === name);
  if (!found) throw new BraidError('resourceGroupNotFound', `resource group not found[rg=${name}]`);
  return found;
}

function refuseBadConfig(groups: readonly ResourceGroupRecord[], name: string, config: ResourceGroupConfig): void {
  const refuse = (reason: string): never => {
    throw new BraidError('resourceGroupConfigInvalid', `resource group illegal config[rg=${name}]: ${reason}`);
  };
  const { requests, limits } = config;
  if (requests < 0 || limits < 0) refuse('node num in `requests` or `limits` should not less than 0');
  if (limits < requests) refuse(`limits node num ${limits} should not less than requests node num ${requests}`);
  const labelCount = Object.keys(config.nodeLabels).length;
  if (labelCount > LIMITS.nodeLabelsMax) refuse(`${labelCount} node labels, the limit is ${LIMITS.nodeLabelsMax}`);
  const lists = { TransferFrom: config.transferFrom, TransferTo: config.transferTo };
  for (const [list, names] of Object.entries(lists)) {
    for (const other of names) {
      if (other === name) refuse(`resource group in \`${list}\` ${other} should not be itself`);
      if (!groups.some((group) => group.name === other)) refuse(`resource group in \`${list}\` ${other} not exist`);
    }
  }
}

function put(...groups: readonly ResourceGroupRecord[]): CommandOutcome {
  return { changes: groups.map((group) => ({ kind: 'putResourceGroup', group })), result: {} };
}
