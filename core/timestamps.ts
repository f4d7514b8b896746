/**
 * Milvus' hybrid timestamps: physical milliseconds since the epoch << 18 | logical counter, an unsigned 64-bit integer.
 * Only the writer issues them; comparing them across machines is safe because they come from one place.
 */
export type Timestamp = bigint;

const LOGICAL_BITS = 18n;
/** Timestamps that share one millisecond. */
export const LOGICAL_MAX = 1n << LOGICAL_BITS;

/** Special guarantee timestamps of the wire protocol. */
export const GUARANTEE_STRONG: Timestamp = 0n;
export const GUARANTEE_EVENTUALLY: Timestamp = 1n;
export const GUARANTEE_BOUNDED: Timestamp = 2n;

export function composeTimestamp(physicalMs: number, logical = 0n): Timestamp {
  return (BigInt(physicalMs) << LOGICAL_BITS) | logical;
}

export function physicalMs(timestamp: Timestamp): number {
  return Number(timestamp >> LOGICAL_BITS);
}
