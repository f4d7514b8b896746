import Type, { type Static } from 'typebox';
import { durationMs, secretText } from '../../../config/setting-types.ts';
import { CACHE_LIMITS } from '../limits.ts';

const LIMITS = CACHE_LIMITS.redis;
const address = (description: string) => Type.String({ pattern: '^[^/\\s]+:\\d{1,5}$', description });

export const redisOptions = Type.Object({
  cluster: Type.String({
    pattern: '^[A-Za-z0-9._-]{1,64}$',
    description:
      'Name of this Braid cluster, part of every key and channel: clusters that share a Redis must not have the same one.',
  }),
  url: Type.String({
    default: 'redis://127.0.0.1:6379',
    pattern: '^rediss?://\\S+$',
    description: '`redis://host:port/database`; `rediss://` is TLS.',
  }),
  username: Type.Optional(
    Type.String({ minLength: 1, description: 'User of Redis (ACL); without one: the default user.' }),
  ),
  password: Type.Optional(secretText({ description: 'Its password.' })),
  tls: Type.Optional(
    Type.Object(
      {
        caFile: Type.Optional(
          Type.String({ description: 'PEM file of the authority to trust; default: those that Node trusts.' }),
        ),
        certFile: Type.Optional(
          Type.String({ description: 'PEM file of our own certificate, if the server wants one.' }),
        ),
        keyFile: Type.Optional(Type.String({ description: 'PEM file of the key of certFile.' })),
      },
      { description: 'Relative paths begin at the folder of the configuration file.' },
    ),
  ),
  sentinels: Type.Optional(
    Type.Array(address('host:port of a Redis Sentinel'), {
      minItems: 1,
      description: 'Ask these for the master; of `url` only the database counts then.',
    }),
  ),
  sentinelName: Type.String({ default: 'mymaster', minLength: 1, description: 'Name of the master at the sentinels.' }),
  nodes: Type.Optional(
    Type.Array(address('host:port of a node of a Redis Cluster'), {
      minItems: 1,
      description: 'A Redis Cluster that is found by any of these; `url` does not count then.',
    }),
  ),
  timeoutMs: durationMs({
    default: LIMITS.timeoutMs,
    minimum: 1,
    maximum: 10_000,
    description:
      'A read that takes longer is a miss, and Redis is left alone until it answers in time again: what Redis can cost a search, once.',
  }),
});

export type RedisOptions = Static<typeof redisOptions>;
