/** Bounds of what commands send, wait for and keep. */
export const CLIENT_LIMITS = {
  /** Rows of one insert, and characters of their JSON: far below the server's 64 MB. */
  batchRowsMax: 2_000,
  batchCharactersMax: 8 * 1024 ** 2,
  /** Times that a batch is sent while the server has too much to do, and waits in between: some two minutes together. */
  refusedAttemptsMax: 30,
  refusedWaitMsMin: 100,
  refusedWaitMsMax: 5_000,
  /** Rows of the first page of an export, and of any: offset + limit of a query are at most 16,384. */
  firstPageRows: 100,
  pageRowsMax: 10_000,
  /** Characters of JSON that a page should have. */
  pageCharacters: 8 * 1024 ** 2,
  /** Characters of JSON that one row group of Parquet is made of. */
  rowGroupCharacters: 32 * 1024 ** 2,
  /** Searches of a load run: each leaves 8 bytes behind. */
  benchRequestsMax: 10_000_000,
  benchSecondsMax: 24 * 60 * 60,
  benchConcurrencyMax: 1_000,
  /** Random vectors that a load run makes, and lines that it reads of a file; they are sent again and again. */
  benchQueriesMax: 10_000,
  benchRecallMax: 10_000,
  /** When braid status speaks up: clocks that are apart, readers that are behind the writer. */
  clockSkewMsPoor: 500,
  readersBehindMsPoor: 5_000,
} as const;
