import type { CollectionPage, MemberPage, StatusPage } from '../compose/page-shapes.ts';
import { CLIENT_LIMITS } from './limits.ts';

/** Something of a cluster that a person should look at. `poor`: it works, and something is slower, older or fewer than it should be. `bad`: something does not work. */
export interface ClusterAlert {
  readonly tone: 'poor' | 'bad';
  readonly seen: string;
  readonly todo: string;
}

/** What is wrong with a cluster, as one of its routers sees it; the worst first. */
export function clusterAlerts({ version, members, collections }: StatusPage): readonly ClusterAlert[] {
  const alerts = [
    ...writerAlerts(members),
    ...readerAlerts(members, collections),
    ...skewAlerts(version, members),
    ...collections.flatMap(collectionAlerts),
  ];
  return alerts.sort((a, b) => Number(a.tone === 'poor') - Number(b.tone === 'poor'));
}

const withRole = (members: readonly MemberPage[], role: string) => members.filter(({ roles }) => roles.includes(role));
const poor = (seen: string, todo: string): ClusterAlert => ({ tone: 'poor', seen, todo });
const bad = (seen: string, todo: string): ClusterAlert => ({ tone: 'bad', seen, todo });

function writerAlerts(members: readonly MemberPage[]): ClusterAlert[] {
  const writers = withRole(members, 'writer');
  const consequence = 'writes, and reads that need the newest rows, wait and then fail';
  if (writers.length === 0)
    return [bad(`no writer is a member: ${consequence}`, 'start one: braid start --role writer')];
  // One that stands by is down for routers until it leads.
  if (writers.some(({ health }) => health === 'healthy')) return [];
  const states = writers.map(({ address, health }) => `${address} (${health})`).join(', ');
  return [bad(`no writer leads, of ${states}: ${consequence}`, 'see its log, and braid doctor there')];
}

function readerAlerts(members: readonly MemberPage[], collections: readonly CollectionPage[]): ClusterAlert[] {
  const readers = withRole(members, 'reader');
  const isNeeded = collections.some(({ loaded, segments }) => loaded && segments.length > 0);
  if (readers.length === 0 && isNeeded)
    return [bad('no reader is a member: sealed rows are not found', 'start one: braid start --role reader')];
  return readers.flatMap(({ address, health }) => {
    switch (health) {
      case 'down':
        return [
          bad(`reader ${address} is down: others answer for it where they can`, 'see its log, or start it again'),
        ];
      case 'ejected':
        return [
          poor(`reader ${address} is set aside, because its calls fail`, 'see its log; it is tried again by itself'),
        ];
      case 'new':
        return [poor(`reader ${address} has not reported yet`, 'if it stays so: is that its node.port?')];
      default:
        return [];
    }
  });
}

function skewAlerts(version: string, members: readonly MemberPage[]): ClusterAlert[] {
  const others = members.filter((member) => member.version !== '' && member.version !== version);
  const late = members.filter(({ clockSkewMs = 0 }) => Math.abs(clockSkewMs) > CLIENT_LIMITS.clockSkewMsPoor);
  return [
    ...others.map((member) =>
      poor(
        `${member.address} runs Braid ${member.version}, the router that was asked ${version}`,
        'finish the upgrade: docs/operations.md',
      ),
    ),
    ...late.map(({ address, clockSkewMs = 0 }) =>
      poor(
        `the clock of ${address} is ${Math.abs(Math.round(clockSkewMs))} ms ${clockSkewMs < 0 ? 'behind' : 'ahead of'} this router's`,
        'let NTP (chrony, systemd-timesyncd) set the clocks of all machines',
      ),
    ),
  ];
}

function collectionAlerts({ database, name, loaded, segments, placement, ...more }: CollectionPage): ClusterAlert[] {
  if (!loaded) return [];
  const named = `${database}.${name}`;
  const unserved = segments.filter(({ readyOn }) => readyOn.length === 0).length;
  const { replicas, moving } = placement;
  const { replicasWanted, behindMs = 0 } = more;
  return [
    ...(unserved > 0
      ? [poor(`${named}: no reader holds ${unserved} of ${segments.length} segments yet`, 'braid segments --moving')]
      : []),
    ...(unserved === 0 && moving.length > 0
      ? [poor(`${named}: ${moving.length} segments are moving`, 'braid segments --moving')]
      : []),
    ...(replicas.length < replicasWanted
      ? [poor(`${named}: ${replicas.length} of ${replicasWanted} replicas, for want of readers`, 'start more readers')]
      : []),
    ...(behindMs > CLIENT_LIMITS.readersBehindMsPoor
      ? [
          poor(
            `${named}: readers are ${(behindMs / 1000).toFixed(1)} s behind the writer`,
            'docs/operations.md, BraidDeleteLag',
          ),
        ]
      : []),
  ];
}
