import type { SegmentRecord } from '../../core/catalog.ts';
import { BUILDER_LIMITS } from './limits.ts';

/** A live segment with what is known about it beyond its record. */
export interface CompactionCandidate {
  readonly record: SegmentRecord;
  /** Rows that deletes mask by now or that have expired, about. */
  readonly deletedCount: number;
  /** Keys of deletes that whoever loads it has to look up, because it was written before them. */
  readonly unappliedDeletes: number;
  /** All its rows have outlived the collection's time to live. */
  readonly isExpired: boolean;
  /** It was written for other indexes than the collection has now. */
  readonly isOutdated: boolean;
}

export interface CompactionPolicy {
  readonly segmentRowsMax: number;
  readonly segmentBytesMax: number;
  /** Share of deleted rows from which a segment is rewritten. */
  readonly deletedRatio: number;
  /** Share of the maxima below which a segment is small. */
  readonly smallRatio: number;
  /** So many small segments of a partition are merged. */
  readonly segmentsMin: number;
}

export interface CompactionPlan {
  readonly partitionId: number;
  readonly segmentIds: readonly number[];
  /** `expired`: nothing is left to rewrite. `stale`: delete files live on for its sake. */
  readonly reason: 'expired' | 'index' | 'deletes' | 'stale' | 'small';
}

/** What is worth rewriting, each segment in at most one plan: expired ones go, then outdated ones, then those with many deletes or for whose sake many are kept, then groups of small ones. */
export function planCompaction(
  candidates: readonly CompactionCandidate[],
  policy: CompactionPolicy,
): readonly CompactionPlan[] {
  const plans: CompactionPlan[] = [];
  const small = new Map<number, CompactionCandidate[]>();
  for (const candidate of candidates) {
    const { record, deletedCount, unappliedDeletes, isExpired, isOutdated } = candidate;
    const { partitionId, rowCount } = record;
    const hasManyDeletes = deletedCount > 0 && deletedCount >= policy.deletedRatio * rowCount;
    if (isExpired) plans.push({ partitionId, segmentIds: [record.id], reason: 'expired' });
    else if (isOutdated) plans.push({ partitionId, segmentIds: [record.id], reason: 'index' });
    else if (unappliedDeletes >= BUILDER_LIMITS.unappliedDeletesMax) {
      plans.push({ partitionId, segmentIds: [record.id], reason: 'stale' });
    } else if (isSmall(candidate, policy)) small.set(partitionId, [...(small.get(partitionId) ?? []), candidate]);
    else if (hasManyDeletes) plans.push({ partitionId, segmentIds: [record.id], reason: 'deletes' });
  }
  for (const [partitionId, group] of small) plans.push(...planSmall(partitionId, group, policy));
  return plans;
}

function isSmall({ record, deletedCount }: CompactionCandidate, policy: CompactionPolicy): boolean {
  return (
    record.rowCount - deletedCount < policy.smallRatio * policy.segmentRowsMax &&
    record.byteLength < policy.smallRatio * policy.segmentBytesMax
  );
}

/**
 * Groups of similar size, so that a row is rewritten about log(rows) times and not with every new small segment: a segment joins a group if it is not larger than what the
 * group holds already. What stays alone is rewritten for its deletes if it has many.
 */
function planSmall(
  partitionId: number,
  candidates: readonly CompactionCandidate[],
  policy: CompactionPolicy,
): readonly CompactionPlan[] {
  const plans: CompactionPlan[] = [];
  const alone: CompactionCandidate[] = [];
  let group: CompactionCandidate[] = [];
  const close = () => {
    if (group.length >= policy.segmentsMin) {
      plans.push({ partitionId, segmentIds: group.map(({ record }) => record.id), reason: 'small' });
    } else alone.push(...group);
    group = [];
  };
  for (const candidate of [...candidates].sort((left, right) => liveRows(left) - liveRows(right))) {
    if (!mayJoin(candidate, group, policy)) close();
    group.push(candidate);
  }
  close();
  for (const { record, deletedCount } of alone) {
    if (deletedCount === 0 || deletedCount < policy.deletedRatio * record.rowCount) continue;
    plans.push({ partitionId, segmentIds: [record.id], reason: 'deletes' });
  }
  return plans;
}

function mayJoin(
  candidate: CompactionCandidate,
  group: readonly CompactionCandidate[],
  policy: CompactionPolicy,
): boolean {
  if (group.length >= BUILDER_LIMITS.compactionInputsMax) return false;
  const rows = group.reduce((sum, member) => sum + liveRows(member), 0);
  const bytes = group.reduce((sum, member) => sum + member.record.byteLength, 0);
  const fits =
    rows + liveRows(candidate) <= policy.segmentRowsMax &&
    bytes + candidate.record.byteLength <= policy.segmentBytesMax;
  const isSimilar = group.length < 2 || liveRows(candidate) <= Math.max(rows, BUILDER_LIMITS.tinyRows);
  return fits && isSimilar;
}

function liveRows({ record, deletedCount }: CompactionCandidate): number {
  return Math.max(0, record.rowCount - deletedCount);
}
