/**
 * Flags of every Node that runs Braid. A search leaves some ten kilobytes of short-lived objects behind: with a young generation of 32 MB collections are rare, and one thread
 * does them for less CPU than four that wait for each other (together a sixth less CPU per search, docs/performance.md).
 */
export const NODE_FLAGS = [
  '--disable-warning=ExperimentalWarning',
  '--max-semi-space-size=32',
  '--no-parallel-scavenge',
];
