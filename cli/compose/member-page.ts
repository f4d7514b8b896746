import type { MemberHandle } from '../../router/cluster/member-handle.ts';
import type { MemberPage } from './page-shapes.ts';

/** One node as this router sees it now. */
export function memberPage(handle: MemberHandle): MemberPage {
  const { member, status } = handle;
  const collections = status?.collections ?? [];
  return {
    nodeId: member.nodeId,
    address: member.address,
    roles: member.roles,
    zone: member.zone ?? '',
    weight: member.weight ?? 1,
    labels: member.labels ?? {},
    health: handle.health,
    breaker: handle.breaker,
    isSlow: handle.isSlow,
    callsRunning: handle.callCount,
    memoryBytes: status?.memoryBytes,
    readySegments: collections.reduce((sum, { readySegmentIds }) => sum + readySegmentIds.length, 0),
    term: member.roles.includes('writer') ? status?.term : undefined,
    version: status?.version ?? '',
    startedAtMs: status?.startedAtMs || undefined,
    reportAgeMs: handle.reportAgeMs,
    clockSkewMs: handle.clockSkewMs,
    catalogVersion: status?.catalogVersion,
    views: collections.map(({ collectionId, viewVersion }) => ({ collectionId, viewVersion })),
  };
}
