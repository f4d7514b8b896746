import Type from 'typebox';
import { nodeNumber } from '../../node-number.ts';
import { Name } from '../codec/bodies.ts';
import { answer, type Endpoint, endpoint } from '../endpoint.ts';

export const resourceGroupEndpoints: readonly Endpoint[] = [
  endpoint('resource_groups/list', Type.Object({}), async (_body, { operations, context }) => {
    const groups = await operations.resourceGroups(context);
    return answer(groups.map(({ name }) => name));
  }),

  endpoint('resource_groups/describe', Type.Object({ name: Name }), async ({ name }, { operations, context }) => {
    const { nodes, replicaCounts } = await operations.resourceGroup(context, { name });
    return answer({
      resource_group: {
        name,
        capacity: nodes.length,
        num_available_node: nodes.length,
        num_loaded_replica: Object.fromEntries(replicaCounts),
        num_outgoing_node: {},
        num_incoming_node: {},
        config: { requests: { node_num: 0 }, limits: { node_num: nodes.length } },
        nodes: nodes.map(({ nodeId, address }) => ({
          node_id: Number(nodeNumber(nodeId)),
          address,
          hostname: nodeId,
        })),
      },
    });
  }),
];
