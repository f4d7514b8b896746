import {
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
  search: method(1, 'search', SearchRequest, SearchResponse),
  query: method(2, 'query', QueryRequest, QueryResponse),
  fetch: method(3, 'fetch', FetchRequest, FetchResponse),
  watchStatus: method(4, 'watchStatus', WatchStatusRequest, NodeStatus, true),
  insert: method(5, 'insert', InsertRequest, MutationResponse),
  delete: method(6, 'delete', DeleteRequest, MutationResponse),
  timestamp: method(7, 'timestamp', TimestampRequest, TimestampResponse),
  flush: method(8, 'flush', FlushRequest, FlushResponse),
  compact: method(9, 'compact', CompactRequest, CompactResponse),
  job: method(10, 'job', JobRequest, JobResponse),
  catalog: method(11, 'catalog', CatalogRequest, CatalogResponse),
  statistics: method(12, 'statistics', StatisticsRequest, StatisticsResponse),
  watchDeletes: method(13, 'watchDeletes', WatchDeletesRequest, DeleteEvent, true),
  importFiles: method(20, 'importFiles', ImportRequest, ImportResponse),
  importJobs: method(21, 'importJobs', ImportJobsRequest, ImportJobsResponse),
  listJobs: method(22, 'listJobs', ListJobsRequest, ListJobsResponse),
  termStatistics: method(30, 'termStatistics', TermStatisticsRequest, TermStatisticsResponse),
  spans: method(40, 'spans', SpansRequest, SpansResponse),
} as const;

export const METHOD_BY_NUMBER: ReadonlyMap<number, Method> = new Map(
  Object.values(METHODS).map((entry) => [entry.number, entry as unknown as Method]),
);
