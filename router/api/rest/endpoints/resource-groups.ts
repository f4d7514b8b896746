import Type, { type Static } from 'typebox';
import { DEFAULT_RESOURCE_GROUP, type ResourceGroupConfig } from '../../../../core/resource-groups/resource-group.ts';
import type { ResourceGroupOutput } from '../../../operations/groups/resource-groups.ts';
import { nodeNumber } from '../../node-number.ts';
import { Name } from '../codec/bodies.ts';
import { answer, DONE, type Endpoint, endpoint } from '../endpoint.ts';

const Limit = Type.Object({ node_num: Type.Integer({ minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }) });
const Transfers = Type.Optional(Type.Array(Type.Object({ resource_group: Type.String() })));
const Config = Type.Object({
  requests: Limit,
  limits: Limit,
  transfer_from: Transfers,
  transfer_to: Transfers,
  node_filter: Type.Optional(
    Type.Object({ node_labels: Type.Array(Type.Object({ key: Type.String(), value: Type.String() })) }),
  ),
});

export const resourceGroupEndpoints: readonly Endpoint[] = [
  endpoint(
    'resource_groups/create',
    Type.Object({ name: Name, config: Type.Optional(Config) }),
    async ({ name, config }, { operations, context }) => {
      await operations.createResourceGroup(context, { name, ...(config && { config: decodeConfig(config) }) });
      return DONE;
    },
  ),

  endpoint(
    'resource_groups/alter',
    Type.Object({ resource_groups: Type.Record(Type.String(), Config) }),
    async ({ resource_groups }, { operations, context }) => {
      const configs = Object.entries(resource_groups).map(([name, config]) => [name, decodeConfig(config)]);
      await operations.updateResourceGroups(context, { configs: Object.fromEntries(configs) });
      return DONE;
    },
  ),

  endpoint('resource_groups/drop', Type.Object({ name: Name }), async ({ name }, { operations, context }) => {
    await operations.dropResourceGroup(context, { name });
    return DONE;
  }),

  endpoint('resource_groups/list', Type.Object({}), async (_body, { operations, context }) => {
    const groups = await operations.resourceGroups(context);
    return answer(groups.map(({ name }) => name));
  }),

  endpoint('resource_groups/describe', Type.Object({ name: Name }), async ({ name }, { operations, context }) => {
    const group = await operations.resourceGroup(context, { name });
    return answer({ resource_group: describe(group) });
  }),

  endpoint(
    'resource_groups/transfer_replica',
    Type.Object({ sourceRgName: Name, targetRgName: Name, collectionName: Name, replicaNum: Type.Integer() }),
    async (body, { operations, context }) => {
      await operations.transferReplicas(context, {
        collection: body.collectionName,
        source: body.sourceRgName,
        target: body.targetRgName,
        count: body.replicaNum,
      });
      return DONE;
    },
  ),
];

function decodeConfig(config: Static<typeof Config>): ResourceGroupConfig {
  const labels = config.node_filter?.node_labels ?? [];
  return {
    requests: config.requests.node_num,
    limits: config.limits.node_num,
    transferFrom: (config.transfer_from ?? []).map((transfer) => transfer.resource_group),
    transferTo: (config.transfer_to ?? []).map((transfer) => transfer.resource_group),
    nodeLabels: Object.fromEntries(labels.map(({ key, value }) => [key, value])),
  };
}

function describe({ name, config, nodes, replicaCounts }: ResourceGroupOutput): object {
  return {
    name,
    capacity: name === DEFAULT_RESOURCE_GROUP ? config.limits : config.requests,
    num_available_node: nodes.length,
    num_loaded_replica: Object.fromEntries(replicaCounts),
    num_outgoing_node: {},
    num_incoming_node: {},
    config: {
      requests: { node_num: config.requests },
      limits: { node_num: config.limits },
      transfer_from: config.transferFrom.map((group) => ({ resource_group: group })),
      transfer_to: config.transferTo.map((group) => ({ resource_group: group })),
      node_filter: { node_labels: Object.entries(config.nodeLabels).map(([key, value]) => ({ key, value })) },
    },
    nodes: nodes.map(({ nodeId, address }) => ({ node_id: Number(nodeNumber(nodeId)), address, hostname: nodeId })),
  };
}
