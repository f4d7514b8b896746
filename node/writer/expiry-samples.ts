import { LRUCache } from 'lru-cache';
import type { SegmentRecord } from '../../core/catalog.ts';
import { type FixedColumn, isPresent } from '../../core/columns/column.ts';
import type { Expiry } from '../../core/schema/expiry.ts';
import type { Segment } from '../segment/segment.ts';
import { WRITER_LIMITS } from './limits.ts';

/** Moments at which rows of a segment expire, of some rows spread over all of it. */
interface Sample {
  readonly fieldId: number;
  readonly rowCount: number;
  /** Of rows that expire at all, ascending, in microseconds. */
  readonly moments: Float64Array;
}

/** How many rows of a segment have expired by a field of theirs, for all that is known without opening it: rows never change, so a sample that was taken once stays right. */
export class ExpirySamples {
  readonly #samples = new LRUCache<number, Sample>({ max: WRITER_LIMITS.observationsKept });

  /** Undefined for a segment that was not seen. */
  estimate({ id, rowCount }: SegmentRecord, { fieldId, before }: Expiry): number | undefined {
    const sample = this.#samples.get(id);
    if (sample?.fieldId !== fieldId) return undefined;
    const moment = Number(before);
    const expired = sample.moments.findIndex((value) => value >= moment);
    const count = expired < 0 ? sample.moments.length : expired;
    return Math.round((count * rowCount) / Math.max(1, sample.rowCount));
  }

  learn(segment: Segment, fieldId: number): void {
    if (this.#samples.get(segment.id)?.fieldId === fieldId) return;
    using snapshot = segment.snapshot();
    const step = Math.max(1, Math.ceil(snapshot.rowCount / WRITER_LIMITS.expirySampleRows));
    const offsets = Uint32Array.from({ length: Math.ceil(snapshot.rowCount / step) }, (_, i) => i * step);
    const column = snapshot.gather(fieldId, offsets) as FixedColumn;
    const moments: number[] = [];
    for (let row = 0; row < offsets.length; row++) {
      const moment = Number(column.values[row]);
      if (isPresent(column, row) && moment > 0) moments.push(moment);
    }
    this.#samples.set(segment.id, { fieldId, rowCount: offsets.length, moments: Float64Array.from(moments).sort() });
  }
}
