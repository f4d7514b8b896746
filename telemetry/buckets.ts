/** Bounds of histograms. Milliseconds, as Milvus' histograms have them. */
export const LATENCY_BUCKETS_MS = [0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384];

/** Of work that takes seconds to hours: seals, compactions, imports, loads of segments. */
export const JOB_BUCKETS_MS = [10, 50, 100, 500, 1000, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 3_600_000];

/** Of what is counted in nodes. */
export const FAN_OUT_BUCKETS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128];

/** Of the parts of a read on a node, most of which take less than a millisecond. */
export const PART_BUCKETS_MS = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 16_384];

/** Of query vectors and hits. */
export const COUNT_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384];
