import { BraidError, definePlugin, Type } from 'braid/plugin';
import { TenantNodes } from './tenant-nodes.js';

/** Keeps the segments of a tenant's partitions on nodes that are named for it. See README.md. */
export default definePlugin({
  api: 1,
  kind: 'routing',
  name: 'tenant-nodes',
  options: Type.Object({
    tenants: Type.Array(
      Type.Object({
        name: Type.String({ minLength: 1, description: 'For messages and `braid status`.' }),
        partitionIds: Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, description: 'As ListPartitions says.' }),
        nodes: Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description: '`node.id` of readers.' }),
      }),
      { default: [], description: 'Every process of the cluster must have the same.' },
    ),
    reserved: Type.Boolean({
      default: true,
      description: 'Whether everything else stays away from the nodes of tenants while other nodes are there.',
    }),
  }),
  async open({ tenants, reserved }) {
    const owners = new Map();
    for (const tenant of tenants) {
      for (const id of tenant.partitionIds) {
        const other = owners.get(id);
        if (other)
          throw new BraidError('parameterInvalid', `partition ${id} belongs to ${other.name} and to ${tenant.name}`);
        owners.set(id, tenant);
      }
    }
    return new TenantNodes(tenants, reserved);
  },
});
