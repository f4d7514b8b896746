import type * as wire from '../generated/node.ts';

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

  search(request: wire.SearchRequest, signal: AbortSignal): Promise<wire.SearchResponse>;
  query(request: wire.QueryRequest, signal: AbortSignal): Promise<wire.QueryResponse>;
  fetch(request: wire.FetchRequest, signal: AbortSignal): Promise<wire.FetchResponse>;
  /** For the rows that a search of the same scope would look at. */
  termStatistics(request: wire.TermStatisticsRequest, signal: AbortSignal): Promise<wire.TermStatisticsResponse>;
  /** Of traces whose calls asked the node to hold its spans; see wire.SpansRequest. */
  spans(request: wire.SpansRequest, signal: AbortSignal): Promise<wire.SpansResponse>;
  /** First message at once. Ends (without an error) when the node goes away or `signal` aborts: the caller connects again. */
  watchStatus(request: wire.WatchStatusRequest, signal: AbortSignal): AsyncIterable<wire.NodeStatus>;
}

/** The writer answers reads too: for the rows that the caller's view does not cover. */
export interface WriterShard extends Shard {
  insert(request: wire.InsertRequest, signal: AbortSignal): Promise<wire.MutationResponse>;
  delete(request: wire.DeleteRequest, signal: AbortSignal): Promise<wire.MutationResponse>;
  timestamp(request: wire.TimestampRequest, signal: AbortSignal): Promise<wire.TimestampResponse>;
  flush(request: wire.FlushRequest, signal: AbortSignal): Promise<wire.FlushResponse>;
  compact(request: wire.CompactRequest, signal: AbortSignal): Promise<wire.CompactResponse>;
  job(request: wire.JobRequest, signal: AbortSignal): Promise<wire.JobResponse>;
  importFiles(request: wire.ImportRequest, signal: AbortSignal): Promise<wire.ImportResponse>;
  importJobs(request: wire.ImportJobsRequest, signal: AbortSignal): Promise<wire.ImportJobsResponse>;
  /** Never refused: it is for people who look. */
  listJobs(request: wire.ListJobsRequest, signal: AbortSignal): Promise<wire.ListJobsResponse>;
  catalog(request: wire.CatalogRequest, signal: AbortSignal): Promise<wire.CatalogResponse>;
  statistics(request: wire.StatisticsRequest, signal: AbortSignal): Promise<wire.StatisticsResponse>;
  watchDeletes(request: wire.WatchDeletesRequest, signal: AbortSignal): AsyncIterable<wire.DeleteEvent>;
}
