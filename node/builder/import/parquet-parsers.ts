const decoder = new TextDecoder();

/** Values of Parquet's annotated types as texts that the codec of rows understands, without loss. */
export const PARQUET_PARSERS = {
  timestampFromMilliseconds: (millis: bigint) => isoOf(millis * 1_000n),
  timestampFromMicroseconds: isoOf,
  timestampFromNanoseconds: (nanos: bigint) => isoOf(nanos / 1_000n),
  dateFromDays: (days: number) => isoOf(BigInt(days) * 86_400_000_000n),
  jsonFromBytes: (bytes: Uint8Array) => bytes && decoder.decode(bytes),
};

/** ISO 8601 in UTC, with microseconds. */
function isoOf(micros: bigint): string {
  const ofMilli = ((micros % 1_000n) + 1_000n) % 1_000n;
  const millis = Number((micros - ofMilli) / 1_000n);
  return new Date(millis).toISOString().replace('Z', `${String(ofMilli).padStart(3, '0')}Z`);
}
