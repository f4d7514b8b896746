/** Bounds of bulk imports that no setting changes. */
export const IMPORT_LIMITS = {
  /** Files of one job, and jobs that wait or run (Milvus: maxImportFileNumPerReq, maxImportJobNum). */
  filesMax: 1_024,
  jobsMax: 1_024,
  /** Finished jobs are forgotten after this time (Milvus: dataCoord.import.taskRetention). */
  retentionMs: 3 * 3_600_000,
  /** Bytes of JSON or CSV read at a time. */
  chunkBytes: 4 * 1024 * 1024,
  /** Bytes of rows, as they stand in the file, that are converted and handed over at once; and rows. */
  pieceBytes: 4 * 1024 * 1024,
  pieceRows: 20_000,
  /** Pieces that may be on their way from the thread that parses. */
  piecesAhead: 2,
  /** Text of one row of JSON or CSV. */
  rowBytesMax: 64 * 1024 * 1024,
  /** A row group of Parquet is read whole: its uncompressed size. */
  rowGroupBytesMax: 1024 * 1024 * 1024,
  /** JavaScript heap of the thread that parses; values of Parquet take about three times their bytes in it. */
  parserHeapMb: 4_096,
  /** Rows of all segments being built; beyond it the largest one is written. */
  openBytesMax: 1024 * 1024 * 1024,
} as const;
