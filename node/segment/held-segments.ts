/** Segments that a node holds, counted when its metrics are read. */
export interface HeldSegments {
  readonly segments: number;
  /** Deleted ones included. */
  readonly rows: number;
  readonly memoryBytes: number;
}

export function countSegments(
  segments: Iterable<{ readonly rowCount: number; readonly memoryBytes: number }>,
): HeldSegments {
  const held = { segments: 0, rows: 0, memoryBytes: 0 };
  for (const { rowCount, memoryBytes } of segments) {
    held.segments++;
    held.rows += rowCount;
    held.memoryBytes += memoryBytes;
  }
  return held;
}
