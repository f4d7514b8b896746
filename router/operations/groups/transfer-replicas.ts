import { groupsOfReplicas } from '../../../core/resource-groups/resource-group.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { changeCatalog } from '../change-catalog.ts';
import type { RequestContext } from '../request-context.ts';
import { refuseBadTransfer } from './refuse-bad-transfer.ts';
import { refuseTooFewReaders } from './refuse-too-few-readers.ts';
import { resourceGroup } from './resource-group.ts';

export interface TransferReplicasInput {
  readonly collection: string;
  readonly source: string;
  readonly target: string;
  readonly count: number;
}

/** The replicas are served from where they were until the readers of the target have loaded them. */
export async function transferReplicas(
  cluster: Cluster,
  context: RequestContext,
  { collection: name, source, target, count }: TransferReplicasInput,
): Promise<void> {
  refuseBadTransfer({ source, target, count, what: 'NumReplica' });
  await resourceGroup(cluster, context, { name: source });
  await resourceGroup(cluster, context, { name: target });
  const { database } = context;
  const collection = await cluster.catalog.read((catalog) => catalog.collection(database, name));
  const there = groupsOfReplicas(collection).filter((group) => group === target).length;
  await refuseTooFewReaders(cluster, context, Array<string>(there + count).fill(target));
  await changeCatalog(cluster, context, {
    kind: 'transferReplicas',
    database,
    collection: collection.name,
    source,
    target,
    count,
  });
}
