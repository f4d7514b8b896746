/** One part of a read in the router, in the order of their ends: `get_routing`, `do_search`, `do_merge`, `do_fetch`, …; some happen more than once. */
export interface PhaseNote {
  readonly name: string;
  readonly durationMs: number;
}

/** One call of a node. */
export interface NodeCallNote {
  /**
   * What was asked of which rows: readers are asked about sealed segments by name, the writer about the rows that the view lacks, which are growing or just sealed.
   * `termStatistics` comes before a search by text.
   */
  readonly kind: `${'search' | 'query' | 'termStatistics'}${'Sealed' | 'Growing'}`;
  readonly address: string;
  readonly role: 'reader' | 'writer';
  /** Sealed segments that it was asked for; the writer is asked for all that the view lacks: 0. */
  readonly segmentCount: number;
  readonly durationMs: number;
  /** Rows of the segments that it read, before the filter, and distances that it computed; 0 when it failed. */
  readonly rowCount: number;
  readonly visited: number;
  /** Milvus' code, 0 for success. */
  readonly code: number;
}

/** How a read was done. */
export interface QueryPlan {
  /** Searched vector field; empty for queries. */
  readonly field: string;
  readonly metricType: string;
  /** nq; 0 for queries. */
  readonly queryCount: number;
  readonly limit: number;
  readonly offset: number;
  readonly outputFields: readonly string[];
  /** Of the collection, as it was routed; 0 when it came not so far. */
  readonly viewVersion: number;
  readonly segmentCount: number;
  readonly phases: readonly PhaseNote[];
  /** At most 64; `callCount` counts all. */
  readonly calls: readonly NodeCallNote[];
  readonly callCount: number;
}

/** A read that took longer than the threshold. It holds no vector and no value of a row. */
export interface SlowQuery {
  /** When it began, ISO 8601. */
  readonly time: string;
  readonly api: 'grpc' | 'rest';
  readonly method: string;
  readonly database: string;
  readonly collection: string;
  readonly partitions: readonly string[];
  /** Its shape: values are `?`. */
  readonly filter: string;
  readonly requestId: string;
  /** Empty: it belongs to no trace. */
  readonly traceId: string;
  readonly clientAddress: string;
  readonly user: string;
  readonly durationMs: number;
  readonly code: number;
  /** Empty for success. */
  readonly reason: string;
  readonly plan: QueryPlan;
}

/** `/slow-queries` on a router's management port. */
export interface SlowQueriesPage {
  readonly thresholdMs: number;
  /** Since the start of the process. */
  readonly count: number;
  /** The newest first, at most 100. */
  readonly recent: readonly SlowQuery[];
  /** The slowest first, at most 100. */
  readonly slowest: readonly SlowQuery[];
}

const KEPT_MAX = 100;

/** Slow reads of this process, in memory: the newest and the slowest. */
export class SlowQueries {
  readonly thresholdMs: number;
  #count = 0;
  readonly #recent: SlowQuery[] = [];
  readonly #slowest: SlowQuery[] = [];

  constructor(thresholdMs: number) {
    this.thresholdMs = thresholdMs;
  }

  add(query: SlowQuery): void {
    this.#count++;
    this.#recent.unshift(query);
    if (this.#recent.length > KEPT_MAX) this.#recent.pop();
    const place = this.#slowest.findIndex(({ durationMs }) => durationMs < query.durationMs);
    this.#slowest.splice(place < 0 ? this.#slowest.length : place, 0, query);
    if (this.#slowest.length > KEPT_MAX) this.#slowest.pop();
  }

  page(): SlowQueriesPage {
    const { thresholdMs } = this;
    return { thresholdMs, count: this.#count, recent: [...this.#recent], slowest: [...this.#slowest] };
  }
}
