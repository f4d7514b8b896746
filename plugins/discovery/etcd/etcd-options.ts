import Type from 'typebox';
import { durationMs, secretText } from '../../../config/setting-types.ts';
import { tlsOptions } from '../../tls-files.ts';

export const etcdOptions = Type.Object({
  endpoints: Type.Array(Type.String({ pattern: '^[^/\\s]+:\\d{1,5}$' }), {
    default: ['127.0.0.1:2379'],
    minItems: 1,
    description: 'host:port of every server of the etcd cluster.',
  }),
  prefix: Type.String({
    default: 'braid/members/',
    minLength: 1,
    description: 'Keys below it belong to this cluster and to nothing else; each holds one node.',
  }),
  user: Type.Optional(Type.String({ minLength: 1, description: 'May read and write below the prefix.' })),
  password: Type.Optional(secretText({ description: 'Its password.' })),
  tls: Type.Optional(tlsOptions),
  ttlMs: durationMs({
    default: 10_000,
    minimum: 2_000,
    description: 'A node that vanished without a word leaves the list so long after; whole seconds.',
  }),
  requestTimeoutMs: durationMs({ default: 3_000, minimum: 100, description: 'One request to etcd.' }),
});
