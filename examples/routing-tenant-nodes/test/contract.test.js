import { routingContract } from 'braid/contracts';
import { open } from './open.js';

routingContract('tenant-nodes without tenants', () => open());
routingContract('tenant-nodes', () =>
  open({ tenants: [{ name: 'acme', partitionIds: [1, 2], nodes: ['node-1', 'reader-1'] }] }),
);
