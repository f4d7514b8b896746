import { BraidError } from '../../../core/errors.ts';
import { compareLogPositions, type LogPosition, type LogRecord, logPositionToString } from '../log.ts';
import { type ClaimedRecord, decodeFence } from './claimed-record.ts';
import type { Partition } from './partition.ts';
import { scanPartition } from './scan-partition.ts';

export interface ReadRange {
  readonly from: number;
  readonly end: number;
  /** Records up to here are wanted by nobody and may be gone; those after it must be there. */
  readonly after: LogPosition;
}

export interface ReadRecord extends LogRecord {
  /** What follows the record in the partition. */
  readonly endOffset: number;
  /** Bytes that it takes, about. */
  readonly storedBytes: number;
}

/**
 * The log records of a partition, fragments put together, those up to `after` included as far as they are there. Checks that none is missing: every one follows the one before, and the first one
 * `after`. The last record of a term that was cut short, whose append was never acknowledged, is left out.
 */
export async function* readRecords(partition: Partition, { from, end, after }: ReadRange): AsyncGenerator<ReadRecord> {
  const assembly = new Assembly(partition.name, after);
  for await (const claimed of scanPartition(partition, from, end)) {
    const record = assembly.add(claimed);
    if (record !== undefined) yield record;
  }
}

class Assembly {
  readonly #name: string;
  readonly #after: LogPosition;
  /** The last complete record; undefined before the first. */
  #last: LogPosition | undefined;
  #fragments: Uint8Array[] = [];
  #storedBytes = 0;

  constructor(name: string, after: LogPosition) {
    this.#name = name;
    this.#after = after;
  }

  /** The record that is complete with this one, if one is. */
  add(claimed: ClaimedRecord): ReadRecord | undefined {
    this.#follow(claimed);
    const { kind, term, sequence, isLastFragment, value, offset } = claimed;
    if (kind !== 'data') {
      this.#fragments = [];
      this.#storedBytes = 0;
      this.#last = { term, sequence };
      return undefined;
    }
    this.#last ??= { term, sequence: sequence - 1 };
    this.#fragments.push(value);
    this.#storedBytes += value.length;
    if (!isLastFragment) return undefined;
    const payload = this.#fragments.length === 1 ? value : Buffer.concat(this.#fragments);
    const storedBytes = this.#storedBytes;
    this.#fragments = [];
    this.#storedBytes = 0;
    this.#last = { term, sequence };
    return { position: this.#last, payload, endOffset: offset + 1, storedBytes };
  }

  /** What this record says that it follows must be what we have, or, for the first one, what nobody wants. Records are deleted whole. */
  #follow(claimed: ClaimedRecord): void {
    const { kind, term, sequence, fragment, offset } = claimed;
    const last = this.#last;
    const order = compareLogPositions(predecessor(claimed), last ?? this.#after);
    const fits = last === undefined ? order <= 0 : order === 0;
    if (fits && (kind !== 'data' || fragment === this.#fragments.length)) return;
    const here = `${logPositionToString({ term, sequence })} (${kind}, fragment ${fragment}, offset ${offset})`;
    const expected = logPositionToString(last ?? this.#after);
    const reason = 'records were deleted or lost (retention, another program, an unclean leader)';
    throw new BraidError(
      'internal',
      `${this.#name}: ${here} does not follow ${expected}: ${reason}; restore the topic from a backup`,
    );
  }
}

/** The last complete record before this one. */
function predecessor(claimed: ClaimedRecord): LogPosition {
  const { kind, term, sequence } = claimed;
  if (kind === 'fence') return decodeFence(claimed).previous;
  return { term, sequence: kind === 'data' ? sequence - 1 : sequence };
}
