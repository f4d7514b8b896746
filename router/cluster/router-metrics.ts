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
  /** The catalog was read. */
  catalogRefresh(outcome: 'success' | 'fail'): void;
  memberHealth(address: string, healthy: boolean): void;
}

export type NodeCallKind =
  | 'search'
  | 'query'
  | 'fetch'
  | 'insert'
  | 'delete'
  | 'timestamp'
  | 'flush'
  | 'compact'
  | 'job'
  | 'importFiles'
  | 'importJobs'
  | 'catalog'
  | 'statistics'
  | 'termStatistics';

export const silentMetrics: RouterMetrics = {
  nodeCall: () => {},
  fanOut: () => {},
  retry: () => {},
  writerAskedAgain: () => {},
  catalogRefresh: () => {},
  memberHealth: () => {},
};
