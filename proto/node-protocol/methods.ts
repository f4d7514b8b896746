import * as wire from '../generated/node.ts';
import type { WriterShard } from './shard.ts';

/** How a message becomes bytes. */
export interface Codec<Message> {
  encode(message: Message): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Message;
}

/** One method of a shard on the wire. Numbers are never reused. */
export interface Method<Request = unknown, Response = unknown> {
  readonly number: number;
  readonly name: Exclude<keyof WriterShard, 'address' | typeof Symbol.asyncDispose>;
  readonly request: Codec<Request>;
  readonly response: Codec<Response>;
  /** The answer is a stream of messages instead of one. */
  readonly streams: boolean;
}

function method<Request, Response>(
  number: number,
  name: Method['name'],
  request: Codec<Request>,
  response: Codec<Response>,
  streams = false,
): Method<Request, Response> {
  return { number, name, request, response, streams };
}

export const METHODS = {
  search: method(1, 'search', wire.SearchRequest, wire.SearchResponse),
  query: method(2, 'query', wire.QueryRequest, wire.QueryResponse),
  fetch: method(3, 'fetch', wire.FetchRequest, wire.FetchResponse),
  watchStatus: method(4, 'watchStatus', wire.WatchStatusRequest, wire.NodeStatus, true),
  insert: method(5, 'insert', wire.InsertRequest, wire.MutationResponse),
  delete: method(6, 'delete', wire.DeleteRequest, wire.MutationResponse),
  timestamp: method(7, 'timestamp', wire.TimestampRequest, wire.TimestampResponse),
  flush: method(8, 'flush', wire.FlushRequest, wire.FlushResponse),
  compact: method(9, 'compact', wire.CompactRequest, wire.CompactResponse),
  job: method(10, 'job', wire.JobRequest, wire.JobResponse),
  catalog: method(11, 'catalog', wire.CatalogRequest, wire.CatalogResponse),
  statistics: method(12, 'statistics', wire.StatisticsRequest, wire.StatisticsResponse),
  watchDeletes: method(13, 'watchDeletes', wire.WatchDeletesRequest, wire.DeleteEvent, true),
  importFiles: method(20, 'importFiles', wire.ImportRequest, wire.ImportResponse),
  importJobs: method(21, 'importJobs', wire.ImportJobsRequest, wire.ImportJobsResponse),
  listJobs: method(22, 'listJobs', wire.ListJobsRequest, wire.ListJobsResponse),
  termStatistics: method(30, 'termStatistics', wire.TermStatisticsRequest, wire.TermStatisticsResponse),
  spans: method(40, 'spans', wire.SpansRequest, wire.SpansResponse),
} as const;

export const METHOD_BY_NUMBER: ReadonlyMap<number, Method> = new Map(
  Object.values(METHODS).map((entry) => [entry.number, entry as unknown as Method]),
);
