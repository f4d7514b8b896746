import { BraidError } from '../../../../core/errors.ts';
import { DEFAULT_RESOURCE_GROUP, type ResourceGroupConfig } from '../../../../core/resource-groups/resource-group.ts';
import {
  DescribeResourceGroupResponse,
  ListResourceGroupsResponse,
  ResourceGroup,
} from '../../../../proto/generated/milvus/resource_group.ts';
import type { ResourceGroupConfig as ConfigMessage } from '../../../../proto/generated/milvus/rg.ts';
import type { ResourceGroupOutput } from '../../../operations/groups/resource-groups.ts';
import type { Operations } from '../../../operations/operations.ts';
import { nodeNumber } from '../../node-number.ts';
import { pairsOf, recordOf } from '../codec/key-values.ts';
import { SUCCESS } from '../codec/status.ts';
import type { Handlers } from '../milvus-rpc.ts';

export function resourceGroupHandlers(operations: Operations) {
  return {
    createResourceGroup: async ({ resourceGroup: name, config }, context) => {
      await operations.createResourceGroup(context, { name, ...(config && { config: decodeConfig(name, config) }) });
      return SUCCESS;
    },

    updateResourceGroups: async ({ resourceGroups }, context) => {
      const configs = Array.from(resourceGroups, ([name, config]) => [name, decodeConfig(name, config)] as const);
      await operations.updateResourceGroups(context, { configs: Object.fromEntries(configs) });
      return SUCCESS;
    },

    dropResourceGroup: async ({ resourceGroup: name }, context) => {
      await operations.dropResourceGroup(context, { name });
      return SUCCESS;
    },

    listResourceGroups: async (_request, context) => {
      const groups = await operations.resourceGroups(context);
      return ListResourceGroupsResponse.create({ status: SUCCESS, resourceGroups: groups.map(({ name }) => name) });
    },

    describeResourceGroup: async ({ resourceGroup }, context) => {
      const group = await operations.resourceGroup(context, { name: resourceGroup });
      return DescribeResourceGroupResponse.create({ status: SUCCESS, resourceGroup: encodeGroup(group) });
    },

    transferNode: async ({ sourceResourceGroup: source, targetResourceGroup: target, numNode }, context) => {
      await operations.transferNodes(context, { source, target, count: numNode });
      return SUCCESS;
    },

    transferReplica: async (request, context) => {
      await operations.transferReplicas(context, {
        collection: request.collectionName,
        source: request.sourceResourceGroup,
        target: request.targetResourceGroup,
        count: Number(request.numReplica),
      });
      return SUCCESS;
    },
  } satisfies Handlers;
}

function decodeConfig(name: string, config: ConfigMessage): ResourceGroupConfig {
  const { requests, limits, transferFrom, transferTo, nodeFilter } = config;
  if (!requests || !limits) {
    const message = `resource group illegal config[rg=${name}]: requests or limits is required`;
    throw new BraidError('resourceGroupConfigInvalid', message);
  }
  return {
    requests: requests.nodeNum,
    limits: limits.nodeNum,
    transferFrom: transferFrom.map(({ resourceGroup }) => resourceGroup),
    transferTo: transferTo.map(({ resourceGroup }) => resourceGroup),
    nodeLabels: recordOf(nodeFilter?.nodeLabels ?? []),
  };
}

/** Nodes do not wander: a group's readers follow from its configuration at once, so none is coming or going. */
function encodeGroup({ name, config, nodes, replicaCounts }: ResourceGroupOutput): ResourceGroup {
  return ResourceGroup.create({
    name,
    capacity: name === DEFAULT_RESOURCE_GROUP ? config.limits : config.requests,
    numAvailableNode: nodes.length,
    numLoadedReplica: new Map(replicaCounts),
    config: {
      requests: { nodeNum: config.requests },
      limits: { nodeNum: config.limits },
      transferFrom: config.transferFrom.map((resourceGroup) => ({ resourceGroup })),
      transferTo: config.transferTo.map((resourceGroup) => ({ resourceGroup })),
      nodeFilter: { nodeLabels: pairsOf(config.nodeLabels) },
    },
    nodes: nodes.map(({ nodeId, address }) => ({ nodeId: nodeNumber(nodeId), address, hostname: nodeId })),
  });
}
