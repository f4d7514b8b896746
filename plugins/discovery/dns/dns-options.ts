import Type from 'typebox';
import { durationMs } from '../../../config/setting-types.ts';

const name = (description: string) =>
  Type.String({ pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]*(:\\d{1,5})?$', description });

export const dnsOptions = Type.Object({
  writer: Type.Optional(
    name(
      'Name of the writer. With a port (`writer.braid:19540`) its A and AAAA records are asked for, without one (`_braid._tcp.writer.braid`) its SRV records.',
    ),
  ),
  readers: Type.Array(name('As for the writer.'), {
    default: [],
    description: 'Names of the readers; each may stand for any number of them.',
  }),
  servers: Type.Array(Type.String({ pattern: '^(\\d+\\.\\d+\\.\\d+\\.\\d+|\\[[0-9a-fA-F:]+\\])(:\\d{1,5})?$' }), {
    default: [],
    description: "Addresses of DNS servers, with a port if it is not 53; default: the system's.",
  }),
  ttlMsMin: durationMs({ default: 1_000, minimum: 100, description: 'An answer is used for at least so long.' }),
  ttlMsMax: durationMs({
    default: 30_000,
    minimum: 100,
    description: 'An answer is used for at most so long, however long the server lets it live.',
  }),
  srvTtlMs: durationMs({
    default: 10_000,
    minimum: 100,
    description: 'How long SRV records are used: Node does not tell their time to live.',
  }),
  requestTimeoutMs: durationMs({
    default: 2_000,
    minimum: 10,
    description: 'One try to ask a server; each is tried twice.',
  }),
});
