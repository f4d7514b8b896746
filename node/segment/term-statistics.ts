import type { TermStatisticsRequest, TermStatisticsResponse } from '../../proto/generated/node.ts';
import { arrayFrom, bytesOf } from '../../proto/node-protocol/column-codec.ts';
import type { ReadOptions } from './read-segments.ts';
import type { Segment, SegmentSnapshot } from './segment.ts';

/**
 * How often terms occur in the rows of these segments. Snapshots of all segments are taken before the call returns its promise; rows that are deleted, or stored twice, count. A
 * segment older than the field counts its rows and no terms.
 */
export async function termStatistics(
  segments: readonly Segment[],
  request: TermStatisticsRequest,
  options: Pick<ReadOptions, 'state'>,
): Promise<TermStatisticsResponse> {
  const terms = arrayFrom(Uint32Array, request.terms);
  const snapshots: SegmentSnapshot[] = [];
  try {
    for (const segment of segments) {
      if (!request.ignoreGrowing || segment.state === 'sealed') snapshots.push(segment.snapshot());
    }
    const rowCounts = new Float64Array(terms.length);
    const counted = await Promise.all(snapshots.map((snapshot) => snapshot.termStatistics(request.fieldId, terms)));
    for (const counts of counted)
      counts.rowCounts.forEach((count, i) => {
        rowCounts[i]! += count;
      });
    const rowCount = snapshots.reduce((sum, snapshot) => sum + snapshot.rowCount, 0);
    return {
      rowCount,
      termCount: counted.reduce((sum, { total }) => sum + total, 0),
      rowCounts: bytesOf(rowCounts),
      state: { ...options.state, rowCount, visited: 0 },
    };
  } finally {
    for (const snapshot of snapshots) snapshot[Symbol.dispose]();
  }
}
