import { BraidError } from '../../core/errors.ts';
import type * as wire from '../generated/node.ts';
import { METHODS, type Method } from './methods.ts';
import { type DecodeObserver, NodeConnection } from './node-connection.ts';
import type { WriterShard } from './shard.ts';

/**
 * A node of another process. Connects at the first call and again at the first call after the connection broke; calls that were under way then have failed.
 * Bulk writes have a connection of their own, so that a search never waits behind a 60 MB insert.
 */
export class RemoteShard implements WriterShard {
  readonly address: string;
  readonly #interactive: KeptConnection;
  readonly #bulk: KeptConnection;

  /** `decoded` is told how long it took to decode each answer. */
  constructor(address: string, decoded?: DecodeObserver) {
    this.address = address;
    this.#interactive = new KeptConnection(address, decoded);
    this.#bulk = new KeptConnection(address, decoded);
  }

  search(request: wire.SearchRequest, signal: AbortSignal): Promise<wire.SearchResponse> {
    return this.#call(METHODS.search, request, signal);
  }

  query(request: wire.QueryRequest, signal: AbortSignal): Promise<wire.QueryResponse> {
    return this.#call(METHODS.query, request, signal);
  }

  fetch(request: wire.FetchRequest, signal: AbortSignal): Promise<wire.FetchResponse> {
    return this.#call(METHODS.fetch, request, signal);
  }

  termStatistics(request: wire.TermStatisticsRequest, signal: AbortSignal): Promise<wire.TermStatisticsResponse> {
    return this.#call(METHODS.termStatistics, request, signal);
  }

  spans(request: wire.SpansRequest, signal: AbortSignal): Promise<wire.SpansResponse> {
    return this.#call(METHODS.spans, request, signal);
  }

  async *watchStatus(request: wire.WatchStatusRequest, signal: AbortSignal): AsyncIterable<wire.NodeStatus> {
    yield* (await this.#interactive.open()).stream(METHODS.watchStatus, request, signal);
  }

  async insert(request: wire.InsertRequest, signal: AbortSignal): Promise<wire.MutationResponse> {
    const connection = await this.#bulk.open();
    return connection.call(METHODS.insert, request, request.context?.timeoutMs ?? 0, signal);
  }

  delete(request: wire.DeleteRequest, signal: AbortSignal): Promise<wire.MutationResponse> {
    return this.#call(METHODS.delete, request, signal);
  }

  timestamp(request: wire.TimestampRequest, signal: AbortSignal): Promise<wire.TimestampResponse> {
    return this.#call(METHODS.timestamp, request, signal);
  }

  flush(request: wire.FlushRequest, signal: AbortSignal): Promise<wire.FlushResponse> {
    return this.#call(METHODS.flush, request, signal);
  }

  compact(request: wire.CompactRequest, signal: AbortSignal): Promise<wire.CompactResponse> {
    return this.#call(METHODS.compact, request, signal);
  }

  job(request: wire.JobRequest, signal: AbortSignal): Promise<wire.JobResponse> {
    return this.#call(METHODS.job, request, signal);
  }

  importFiles(request: wire.ImportRequest, signal: AbortSignal): Promise<wire.ImportResponse> {
    return this.#call(METHODS.importFiles, request, signal);
  }

  importJobs(request: wire.ImportJobsRequest, signal: AbortSignal): Promise<wire.ImportJobsResponse> {
    return this.#call(METHODS.importJobs, request, signal);
  }

  listJobs(request: wire.ListJobsRequest, signal: AbortSignal): Promise<wire.ListJobsResponse> {
    return this.#call(METHODS.listJobs, request, signal);
  }

  catalog(request: wire.CatalogRequest, signal: AbortSignal): Promise<wire.CatalogResponse> {
    return this.#call(METHODS.catalog, request, signal);
  }

  statistics(request: wire.StatisticsRequest, signal: AbortSignal): Promise<wire.StatisticsResponse> {
    return this.#call(METHODS.statistics, request, signal);
  }

  async *watchDeletes(request: wire.WatchDeletesRequest, signal: AbortSignal): AsyncIterable<wire.DeleteEvent> {
    yield* (await this.#interactive.open()).stream(METHODS.watchDeletes, request, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#interactive.close();
    await this.#bulk.close();
  }

  async #call<Request extends { readonly context?: wire.CallContext | undefined }, Response>(
    method: Method<Request, Response>,
    request: Request,
    signal: AbortSignal,
  ): Promise<Response> {
    const connection = await this.#interactive.open();
    return connection.call(method, request, request.context?.timeoutMs ?? 0, signal);
  }
}

/** The current connection to one address, opened when first wanted and again when it broke. Concurrent callers share one attempt. */
class KeptConnection {
  readonly #address: string;
  readonly #decoded: DecodeObserver | undefined;
  #opening: Promise<NodeConnection> | undefined;
  #current: NodeConnection | undefined;
  #closed = false;

  constructor(address: string, decoded: DecodeObserver | undefined) {
    this.#address = address;
    this.#decoded = decoded;
  }

  open(): Promise<NodeConnection> | NodeConnection {
    if (this.#current?.isOpen) return this.#current;
    if (this.#closed) throw new BraidError('serviceUnavailable', `node ${this.#address} is no longer a member`);
    this.#opening ??= this.#connect();
    return this.#opening;
  }

  async #connect(): Promise<NodeConnection> {
    try {
      this.#current = await NodeConnection.open(this.#address, this.#decoded);
      if (this.#closed) this.#current.close();
      return this.#current;
    } finally {
      this.#opening = undefined;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#opening?.catch(() => undefined);
    this.#current?.close();
  }
}
