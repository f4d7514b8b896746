import { routingContract } from 'braid/contracts';
import { open } from './open.js';

const tenants = [{ name: 'acme', partitionIds: [1, 2], nodes: ['reader-1', 'reader-2'] }];

routingContract({ name: 'tenant-nodes without tenants', open: () => open() });
routingContract({ name: 'tenant-nodes', open: () => open({ tenants }) });
