/** What the router counts. The composing room gives an implementation; every method is cheap and never throws. */
export interface RouterMetrics {
  /** One call to a node ended. */
  nodeCall(call: NodeCallKind, address: string, durationMs: number, outcome: 'success' | 'fail'): void;
  /** One search or query is done; its answer was made of so many. */
  fanOut(nodeCount: number): void;
  /** Segments were asked again, of another node. */
  retry(address: string): void;
  /** The writer was asked once more, because a reader was ahead of it. */
  writerAskedAgain(): void;
  /** A search was answered from the result cache, or what it had was too old, or it had nothing. */
  resultCache(outcome: 'hit' | 'stale' | 'miss'): void;
  /** A read asked where it goes: known already or not. */
  routeLookup(isKnown: boolean): void;
  /** So many query vectors were searched, or rows written or deleted, with success. */
  vectors(kind: VectorKind, database: string, collection: string, count: number): void;
  /** The catalog was read. */
  catalogRefresh(outcome: 'success' | 'fail'): void;
  /** It had changed and was read anew. */
  catalogUpdate(durationMs: number): void;
  /** A member is now of this health; each change is told once. */
  memberHealth(address: string, health: MemberHealth): void;
  /** A member left for good: what is counted of it may be forgotten. */
  memberLeft(address: string): void;
  /** A reader is set aside, as far as others can answer: its calls fail, or it is much slower than its peers. */
  ejection(address: string, reason: 'failures' | 'latency'): void;
  /** A read that was late was asked of another reader, too; which of them answered first. */
  hedge(address: string, outcome: 'won' | 'lost'): void;
}

/** `down`: its reports have stopped. `ejected`: it reports, but its calls fail. `new`: nothing is known yet. */
export type MemberHealth = 'new' | 'healthy' | 'draining' | 'ejected' | 'down';

export type VectorKind = 'search' | 'insert' | 'upsert' | 'delete';

export const NODE_CALL_KINDS = [
  'search',
  'query',
  'fetch',
  'insert',
  'delete',
  'timestamp',
  'flush',
  'compact',
  'job',
  'importFiles',
  'importJobs',
  'listJobs',
  'catalog',
  'statistics',
  'termStatistics',
] as const;

export type NodeCallKind = (typeof NODE_CALL_KINDS)[number];

export const silentMetrics: RouterMetrics = {
  nodeCall: () => {},
  fanOut: () => {},
  retry: () => {},
  writerAskedAgain: () => {},
  resultCache: () => {},
  routeLookup: () => {},
  vectors: () => {},
  catalogRefresh: () => {},
  catalogUpdate: () => {},
  memberHealth: () => {},
  memberLeft: () => {},
  ejection: () => {},
  hedge: () => {},
};
