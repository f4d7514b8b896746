import { LIMITS as NATIVE_LIMITS } from '../../native/vector-store.ts';

/**
 * How much to ask of one segment of many (reference measurements: 100,000 rows split into m segments).
 *
 * Of m random parts each holds about k/m of the k nearest rows, and a walk of breadth ef/sqrt(m) in each finds as much as one of breadth ef in the whole: so the cost
 * of a search grows with sqrt(m) instead of m. A segment that held more than its share (rows inserted together are often near each other) shows it: its last hit is nearer
 * than the k-th of all. It is asked again, with everything.
 */
export interface SegmentPlan {
  readonly k: number;
  readonly expansion: number;
}

/**
 * Breadth of the walk where the user names none, measured with the default graph (vector-settings.ts) on 62,671 sentence embeddings of 512 dimensions: recall@10 is 0.965,
 * recall@100 0.960. It grows with the rows: ten times as many need about twice the breadth.
 */
const EXPANSION_DEFAULT_MIN = 64;
const EXPANSION_PER_K = 1.5;
const EXPANSION_DEFAULT_ROWS = 100_000;
const EXPANSION_GROWTH = 0.3;
/** What a walk in a part needs beside its share, to find its way in. */
const EXPANSION_ENTRY = 4;
const EXPANSION_MIN = 16;
/** Standard deviations of a segment's number of hits that the first question covers. */
const MARGIN_DEVIATIONS = 3;
const MARGIN_MIN = 2;

export interface PlanOptions {
  readonly k: number;
  /** Breadth for the whole collection in one segment; 0: the default. */
  readonly expansion: number;
  /** Rows of each segment on this node. */
  readonly rowCounts: readonly number[];
  /** Segments of the collection on all nodes; at least those here. */
  readonly segmentCount: number;
}

export interface SearchPlan {
  /** Breadth for the whole collection in one segment: what a segment is given when it is asked again. */
  readonly expansion: number;
  readonly segments: readonly SegmentPlan[];
}

export function planSearch({ k, expansion, rowCounts, segmentCount }: PlanOptions): SearchPlan {
  const rowCount = rowCounts.reduce((sum, count) => sum + count, 0);
  const nodeShare = rowCounts.length / Math.max(segmentCount, rowCounts.length, 1);
  const whole = Math.min(expansion || defaultExpansion(k, rowCount / (nodeShare || 1)), NATIVE_LIMITS.expansionMax);
  const segments = rowCounts.map((count) => {
    const share = rowCount === 0 ? 1 : count / rowCount;
    const segmentK = firstK(k, share);
    const part = share * nodeShare;
    const breadth = part === 1 ? whole : Math.ceil(whole * Math.sqrt(part)) + EXPANSION_ENTRY;
    return { k: segmentK, expansion: Math.max(Math.min(breadth, whole), segmentK, EXPANSION_MIN) };
  });
  return { expansion: whole, segments };
}

function defaultExpansion(k: number, rowCount: number): number {
  const growth = Math.max(1, rowCount / EXPANSION_DEFAULT_ROWS) ** EXPANSION_GROWTH;
  return Math.ceil(Math.max(EXPANSION_DEFAULT_MIN, EXPANSION_PER_K * k) * growth);
}

/** Hits of a binomial draw of k with this share, and a margin; never more than k. */
function firstK(k: number, share: number): number {
  const expected = k * share;
  const margin = MARGIN_DEVIATIONS * Math.sqrt(expected * (1 - share)) + MARGIN_MIN;
  return share === 1 ? k : Math.min(k, Math.ceil(expected + margin));
}
