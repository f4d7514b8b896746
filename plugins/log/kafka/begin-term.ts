import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../../../core/backoff.ts';
import { BraidError } from '../../../core/errors.ts';
import { LOG_LIMITS } from '../limits.ts';
import type { LogPosition } from '../log.ts';
import { termLost } from '../term-start.ts';
import { encodeClaimed, fenceDraft } from './claimed-record.ts';
import type { Partition } from './partition.ts';
import { findLogEnd } from './scan-partition.ts';

export interface BegunTerm {
  /** The end of the partition: what the first record claims. */
  readonly nextOffset: number;
  readonly freed: LogPosition;
}

const NOTHING: LogPosition = { term: 0, sequence: 0 };

/**
 * Writes the fence of a term where the log ends; from then on records of older terms are void. Throws `termLost` if this term or a later one has begun. An append whose outcome is not
 * known is looked for by the name of its writer.
 */
export async function beginTerm(partition: Partition, term: number): Promise<BegunTerm> {
  const writer = randomUUID();
  const { beginAttemptsMax, retryMinMs, retryMaxMs } = LOG_LIMITS.kafka;
  const backoff = new Backoff(retryMinMs, retryMaxMs);
  for (let attempt = 1; ; attempt++) {
    try {
      const begun = await tryToBegin(partition, term, writer);
      if (begun !== undefined) return begun;
    } catch (error) {
      if (!(error instanceof BraidError) || !error.retriable || error.kind === 'termLost') throw error;
      if (attempt >= beginAttemptsMax) throw error;
      await sleep(backoff.nextMs());
    }
  }
}

/** Undefined when others have appended meanwhile: to be tried again. */
async function tryToBegin(partition: Partition, term: number, writer: string): Promise<BegunTerm | undefined> {
  const end = await partition.endOffset();
  const found = await findLogEnd(partition, end);
  const freed = found?.freed ?? NOTHING;
  if (found?.writer === writer) return { nextOffset: end, freed };
  const previous = found?.position ?? NOTHING;
  if (previous.term >= term) throw termLost(term, previous.term);
  const offset = await partition.append([encodeClaimed(fenceDraft({ previous, writer }), term, end, freed)]);
  return offset === end ? { nextOffset: end + 1, freed } : undefined;
}
