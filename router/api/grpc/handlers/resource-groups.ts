import {
  DescribeResourceGroupResponse,
  ListResourceGroupsResponse,
  ResourceGroup,
} from '../../../../proto/generated/milvus/resource_group.ts';
import type { Operations } from '../../../operations/operations.ts';
import type { ResourceGroupOutput } from '../../../operations/status/resource-groups.ts';
import { nodeNumber } from '../../node-number.ts';
import { SUCCESS } from '../codec/status.ts';
import type { Handlers } from '../milvus-rpc.ts';

/** There is one group, and all readers are in it. Calls that would make others, or move something, have no handler: they answer that they are not supported. */
export function resourceGroupHandlers(operations: Operations) {
  return {
    listResourceGroups: async (_request, context) => {
      const groups = await operations.resourceGroups(context);
      return ListResourceGroupsResponse.create({ status: SUCCESS, resourceGroups: groups.map(({ name }) => name) });
    },

    describeResourceGroup: async ({ resourceGroup }, context) => {
      const group = await operations.resourceGroup(context, { name: resourceGroup });
      return DescribeResourceGroupResponse.create({ status: SUCCESS, resourceGroup: encodeGroup(group) });
    },
  } satisfies Handlers;
}

function encodeGroup({ name, nodes, replicaCounts }: ResourceGroupOutput): ResourceGroup {
  return ResourceGroup.create({
    name,
    capacity: nodes.length,
    numAvailableNode: nodes.length,
    numLoadedReplica: new Map(replicaCounts),
    config: { requests: { nodeNum: 0 }, limits: { nodeNum: nodes.length } },
    nodes: nodes.map(({ nodeId, address }) => ({ nodeId: nodeNumber(nodeId), address, hostname: nodeId })),
  });
}
