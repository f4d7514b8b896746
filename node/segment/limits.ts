/** Bounds of the room. */
export const LIMITS = {
  /** Rows of a piece of a column (column-chunks.ts) and of a record batch in a file. A power of two. */
  chunkRows: 8_192,
  /** Work on the event loop hands over after this long. */
  sliceMs: 3,
  /** Hits (queries x k) taken up in one turn: more queries are searched in groups. */
  hitsPerTurn: 32_768,
  /** Keys looked up between two looks at the clock. */
  keysPerTurn: 1_024,
  /** Keys of one `applyDeletes`: 1 ms (Int64) to 5 ms (VarChar) in a segment of a million rows. */
  deletesPerTurn: 4_096,
  /** Filter results kept per segment, and their bytes. */
  filterEntriesMax: 64,
  filterBytesMax: 16 * 1024 * 1024,
  /** Values that a scalar index looks for one by one, and different values that it tests, in one condition (1 to 2 ms); beyond that the rows are scanned. */
  indexLookupsMax: 4_096,
  indexTestsMax: 32_768,
  /** Rows that an index is to learn from before the first are brought into it. */
  trainingRows: 4_096,
  /** Rows inserted into a graph per native call: the next call sees rows that came meanwhile, and a closed segment ends soon. */
  indexBatchRows: 4_096,
  /** Vectors copied at once on the event loop. */
  copyBytes: 1024 * 1024,
  /** Bytes of a file read or written at once. */
  fileChunkBytes: 1024 * 1024,
  /** Scalar columns of one sealed segment. */
  columnsFileBytesMax: 8 * 1024 * 1024 * 1024,
  manifestBytesMax: 4 * 1024 * 1024,
} as const;
