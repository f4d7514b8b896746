import { HEADER_BYTES, type RecordDraft } from './claimed-record.ts';

/** What Kafka adds to a record, at most: lengths, attributes, times. */
const RECORD_OVERHEAD_BYTES = 40;
/** The header of a batch of records. */
const BATCH_OVERHEAD_BYTES = 100;

/** Bytes of a draft in a batch. */
const draftBytes = ({ value }: RecordDraft): number => value.length + HEADER_BYTES + RECORD_OVERHEAD_BYTES;

/**
 * Cuts payloads into drafts, of which each list fits into one batch of `messageBytes`; long payloads are cut into fragments, short ones share a batch. Nothing is copied.
 */
export function cutPayloads(
  payloads: readonly Uint8Array[],
  firstSequence: number,
  messageBytes: number,
): RecordDraft[][] {
  const room = messageBytes - BATCH_OVERHEAD_BYTES;
  const fragmentBytes = room - HEADER_BYTES - RECORD_OVERHEAD_BYTES;
  const batches: RecordDraft[][] = [[]];
  let usedBytes = 0;
  for (const [place, payload] of payloads.entries()) {
    const count = Math.max(1, Math.ceil(payload.length / fragmentBytes));
    for (let fragment = 0; fragment < count; fragment++) {
      const draft: RecordDraft = {
        kind: 'data',
        sequence: firstSequence + place,
        fragment,
        isLastFragment: fragment === count - 1,
        value: payload.subarray(fragment * fragmentBytes, (fragment + 1) * fragmentBytes),
      };
      if (usedBytes > 0 && usedBytes + draftBytes(draft) > room) {
        batches.push([]);
        usedBytes = 0;
      }
      batches.at(-1)!.push(draft);
      usedBytes += draftBytes(draft);
    }
  }
  return batches;
}
