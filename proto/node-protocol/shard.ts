import type {
  CatalogRequest,
  CatalogResponse,
  CompactRequest,
  CompactResponse,
  DeleteEvent,
  DeleteRequest,
  FetchRequest,
  FetchResponse,
  FlushRequest,
  FlushResponse,
  ImportJobsRequest,
  ImportJobsResponse,
  ImportRequest,
  ImportResponse,
  InsertRequest,
  JobRequest,
  JobResponse,
  ListJobsRequest,
  ListJobsResponse,
  MutationResponse,
  NodeStatus,
  QueryRequest,
  QueryResponse,
  SearchRequest,
  SearchResponse,
  SpansRequest,
  SpansResponse,
  StatisticsRequest,
  StatisticsResponse,
  TermStatisticsRequest,
  TermStatisticsResponse,
  TimestampRequest,
  TimestampResponse,
  WatchDeletesRequest,
  WatchStatusRequest,
} from '../generated/node.ts';

/**
 * A node as the router sees it. Two implementations: the node itself in the same process (local), and a kept connection to one (remote).
 * Callers cannot tell them apart, except by `address` in a trace.
 *
 * Every method throws `BraidError`; over the wire its kind and message arrive unchanged. `serviceUnavailable` means that the node could not be reached or went away
 * before it answered: a read may be repeated elsewhere, the outcome of a write is then unknown. `signal` cancels the work on the node, too.
 * The deadline travels in `context.timeoutMs`; a node answers `deadlineExceeded` by then, it never hangs.
 */
export interface Shard extends AsyncDisposable {
  /** host:port, or `local` for a node of this process. */
  readonly address: string;

  search(request: SearchRequest, signal: AbortSignal): Promise<SearchResponse>;
  query(request: QueryRequest, signal: AbortSignal): Promise<QueryResponse>;
  fetch(request: FetchRequest, signal: AbortSignal): Promise<FetchResponse>;
  /** For the rows that a search of the same scope would look at. */
  termStatistics(request: TermStatisticsRequest, signal: AbortSignal): Promise<TermStatisticsResponse>;
  /** Of traces whose calls asked the node to hold its spans; see SpansRequest. */
  spans(request: SpansRequest, signal: AbortSignal): Promise<SpansResponse>;
  /** First message at once. Ends (without an error) when the node goes away or `signal` aborts: the caller connects again. */
  watchStatus(request: WatchStatusRequest, signal: AbortSignal): AsyncIterable<NodeStatus>;
}

/** The writer answers reads too: for the rows that the caller's view does not cover. */
export interface WriterShard extends Shard {
  insert(request: InsertRequest, signal: AbortSignal): Promise<MutationResponse>;
  delete(request: DeleteRequest, signal: AbortSignal): Promise<MutationResponse>;
  timestamp(request: TimestampRequest, signal: AbortSignal): Promise<TimestampResponse>;
  flush(request: FlushRequest, signal: AbortSignal): Promise<FlushResponse>;
  compact(request: CompactRequest, signal: AbortSignal): Promise<CompactResponse>;
  job(request: JobRequest, signal: AbortSignal): Promise<JobResponse>;
  importFiles(request: ImportRequest, signal: AbortSignal): Promise<ImportResponse>;
  importJobs(request: ImportJobsRequest, signal: AbortSignal): Promise<ImportJobsResponse>;
  /** Never refused: it is for people who look. */
  listJobs(request: ListJobsRequest, signal: AbortSignal): Promise<ListJobsResponse>;
  catalog(request: CatalogRequest, signal: AbortSignal): Promise<CatalogResponse>;
  statistics(request: StatisticsRequest, signal: AbortSignal): Promise<StatisticsResponse>;
  watchDeletes(request: WatchDeletesRequest, signal: AbortSignal): AsyncIterable<DeleteEvent>;
}
