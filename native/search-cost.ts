/** What a search took. */
export interface SearchCost {
  /** Distances computed (sparse vectors: postings read), those to the centres of lists included, all queries together. */
  readonly visited: number;
  /** From the call until a thread of the pool took it up, milliseconds. */
  readonly queueMs: number;
  /** From then until the last thread was done with it, milliseconds. */
  readonly runMs: number;
}

export const NO_COST: SearchCost = { visited: 0, queueMs: 0, runMs: 0 };

/** Of a search in several parts, one after the other. */
export function sumOfCosts(parts: readonly SearchCost[]): SearchCost {
  const sum = { visited: 0, queueMs: 0, runMs: 0 };
  for (const { visited, queueMs, runMs } of parts) {
    sum.visited += visited;
    sum.queueMs += queueMs;
    sum.runMs += runMs;
  }
  return sum;
}

/** Of a search in several parts that were under way at the same time: the longest wait, the longest run. */
export function costSideBySide(parts: readonly SearchCost[]): SearchCost {
  const { visited } = sumOfCosts(parts);
  return {
    visited,
    queueMs: parts.reduce((most, { queueMs }) => Math.max(most, queueMs), 0),
    runMs: parts.reduce((most, { runMs }) => Math.max(most, runMs), 0),
  };
}
