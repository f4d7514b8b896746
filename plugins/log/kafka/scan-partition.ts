import { BraidError } from '../../../core/errors.ts';
import { LOG_LIMITS } from '../limits.ts';
import type { LogPosition } from '../log.ts';
import { type ClaimedRecord, decodeClaimed, decodeFence } from './claimed-record.ts';
import type { Partition } from './partition.ts';

/** The records that count from `from` up to, and without, `end`. */
export async function* scanPartition(partition: Partition, from: number, end: number): AsyncGenerator<ClaimedRecord> {
  let offset = from;
  let emptyFetches = 0;
  while (offset < end) {
    const { records, nextOffset } = await partition.fetch(offset);
    for (const record of records) {
      if (record.offset < offset || record.offset >= end) continue;
      const claimed = decodeClaimed(record);
      if (claimed !== undefined) yield claimed;
    }
    emptyFetches = nextOffset > offset ? 0 : emptyFetches + 1;
    if (emptyFetches === LOG_LIMITS.kafka.emptyFetchesMax) {
      const message = `${partition.name} ends at offset ${end}, but gives nothing from ${offset} on: are its replicas in sync?`;
      throw new BraidError('serviceUnavailable', message);
    }
    offset = nextOffset;
  }
}

/** The state of the log at its end. */
export interface LogEnd {
  /** Of the newest term and its last complete record; sequence 0 if it has none. */
  readonly position: LogPosition;
  readonly freed: LogPosition;
  /** Where the newest record is a fence: who wrote it. */
  readonly writer: string | undefined;
}

/**
 * The last record before `end` that counts says everything; void ones, of writers that were pushed out, may follow it. Undefined for a topic that was never used; one that holds only what others
 * wrote, or nothing any more, is refused.
 */
export async function findLogEnd(partition: Partition, end: number): Promise<LogEnd | undefined> {
  const start = await partition.startOffset();
  for (let span = LOG_LIMITS.kafka.endSpanRecords; start < end; span *= LOG_LIMITS.kafka.endSpanGrowth) {
    const from = Math.max(start, end - span);
    let newest: ClaimedRecord | undefined;
    for await (const record of scanPartition(partition, from, end)) newest = record;
    if (newest !== undefined) return endAt(newest);
    if (from === start) {
      const message = `${partition.name} holds ${end - start} records and none of a Braid log: name a topic in log.with.topic that nobody else writes to`;
      throw new BraidError('parameterInvalid', message);
    }
  }
  if (end === 0) return undefined;
  const message = `${partition.name} was emptied by somebody else, its first ${end} records are gone: restore it, or start with a new topic and writer.abandonLog`;
  throw new BraidError('internal', message);
}

function endAt(newest: ClaimedRecord): LogEnd {
  const { kind, term, sequence, isLastFragment, freed } = newest;
  const position = { term, sequence: isLastFragment ? sequence : sequence - 1 };
  return { position, freed, writer: kind === 'fence' ? decodeFence(newest).writer : undefined };
}
