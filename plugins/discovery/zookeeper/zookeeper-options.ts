import Type, { type Static } from 'typebox';
import { durationMs, secretText } from '../../../config/setting-types.ts';
import { BraidError } from '../../../core/errors.ts';

export const zookeeperOptions = Type.Object({
  servers: Type.String({
    pattern: '^[^,/\\s:]+:\\d{1,5}(,[^,/\\s:]+:\\d{1,5})*(/[^\\s]*)?$',
    description:
      'host:port of the servers, with commas between them; a chroot may follow: zk-1:2181,zk-2:2181/vectors. It is created if it is missing.',
  }),
  path: Type.String({
    default: '/braid/members',
    pattern: '^(/[^/\\s]+)+$',
    description: 'Node whose children are the members, below the chroot; created if it is missing.',
  }),
  sessionTimeoutMs: durationMs({
    default: 10_000,
    minimum: 1_000,
    maximum: 300_000,
    description:
      'A process that is silent for so long is taken out of the list. The server may allow less or more: 2 to 20 of its ticks.',
  }),
  user: Type.Optional(
    Type.String({
      minLength: 1,
      pattern: '^[^:]+$',
      description: 'Digest authentication. Nodes are then created so that only this user may read and change them.',
    }),
  ),
  password: Type.Optional(secretText({ description: 'Password of the user.' })),
});

export type ZooKeeperOptions = Static<typeof zookeeperOptions>;

/** `servers` without the chroot, and the path of the members with it. */
export interface ZooKeeperPlace {
  readonly servers: string;
  readonly membersPath: string;
}

export function placeOf({ servers, path }: ZooKeeperOptions): ZooKeeperPlace {
  const slash = servers.indexOf('/');
  if (slash < 0) return { servers, membersPath: path };
  const chroot = servers.slice(slash).replace(/\/+$/, '');
  return { servers: servers.slice(0, slash), membersPath: `${chroot}${path}` };
}

/** `user:password` as the digest scheme wants it; undefined without a user. */
export function credentialsOf({ user, password }: ZooKeeperOptions): string | undefined {
  if ((user === undefined) !== (password === undefined))
    throw new BraidError('parameterInvalid', 'user and password belong together: one of them is missing');
  return user === undefined ? undefined : `${user}:${password}`;
}
