import Type, { type Static } from 'typebox';
import { durationMs, secretText } from '../../../config/setting-types.ts';
import { tlsOptions } from '../../tls-files.ts';

export const consulOptions = Type.Object({
  address: Type.String({
    default: '127.0.0.1:8500',
    pattern: '^[^/\\s]+:\\d{1,5}$',
    description: 'host:port of the HTTP API (with tls: HTTPS) of the Consul agent on this machine.',
  }),
  service: Type.String({
    default: 'braid',
    pattern: '^[A-Za-z0-9][A-Za-z0-9-]*$',
    description: 'Name under which the nodes of this cluster register; one per cluster.',
  }),
  token: Type.Optional(
    secretText({
      minLength: 1,
      description: 'ACL token. It needs service:write on the service and node:read.',
    }),
  ),
  datacenter: Type.Optional(
    Type.String({
      minLength: 1,
      description: "Where nodes are looked for; default: the agent's. Nodes register in the datacenter of their agent.",
    }),
  ),
  namespace: Type.Optional(
    Type.String({ minLength: 1, description: 'Namespace of the service; Consul Enterprise only.' }),
  ),
  tls: Type.Optional(tlsOptions),
  serverName: Type.Optional(
    Type.String({
      minLength: 1,
      description: "Name in the certificate of the agent where that is not the host of its address: 'localhost', say.",
    }),
  ),
  ttlMs: durationMs({
    default: 10_000,
    minimum: 1_000,
    description: 'A node that vanished without a word leaves the list so long after.',
  }),
  deregisterAfterMs: durationMs({
    default: 5 * 60_000,
    minimum: 60_000,
    description: 'A node that is critical for so long is removed from Consul.',
  }),
  requestTimeoutMs: durationMs({ default: 3_000, minimum: 100, description: 'One request to Consul.' }),
});

export type ConsulOptions = Static<typeof consulOptions>;
