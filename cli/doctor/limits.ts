const GIGABYTE = 1024 ** 3;

/** When the doctor warns, and how long it waits. */
export const DOCTOR_LIMITS = {
  checkMsMax: 20_000,
  nodeMajorMin: 24,
  freeBytesFail: GIGABYTE,
  freeBytesWarn: 10 * GIGABYTE,
  /** Files and connections of one process: 10,000 clients, and four files a segment. */
  openFilesMin: 16_384,
  /** The writer issues timestamps from its clock, and reads compare with theirs. */
  clockSkewMsWarn: 500,
  clockSkewMsFail: 5_000,
  metadataReadMsWarn: 50,
  memoryBytesWarn: GIGABYTE,
  /** Of the memory: what JavaScript may have, and what the writer may hold that is not sealed. */
  heapShareMax: 0.75,
  heldShareMax: 0.75,
  connectMsMax: 2_000,
  firstListMsMax: 5_000,
} as const;
