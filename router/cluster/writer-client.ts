import type { Tracer } from '@opentelemetry/api';
import { parseWithBigints, stringifyWithBigints } from '../../core/bigint-json.ts';
import type { CatalogCommand } from '../../core/catalog-commands.ts';
import type { Clock } from '../../core/clock.ts';
import { BraidError } from '../../core/errors.ts';
import type {
  CallContext,
  CompactRequest,
  CompactResponse,
  DeleteRequest,
  FlushedCollection,
  ImportJobMessage,
  ImportRequest,
  InsertRequest,
  JobResponse,
  ListJobsResponse,
  MutationResponse,
  StatisticsResponse,
  TimestampResponse,
} from '../../proto/generated/node.ts';
import type { WriterShard } from '../../proto/node-protocol/shard.ts';
import { type CallOrigin, Deadline } from './deadline.ts';
import type { Members } from './members.ts';
import { callNode } from './node-call.ts';
import type { NodeCallKind, RouterMetrics } from './router-metrics.ts';

export interface WriterClientDependencies {
  readonly members: Members;
  readonly clock: Clock;
  readonly metrics: RouterMetrics;
  readonly tracer: Tracer;
}

export interface CatalogChange {
  readonly catalogVersion: number;
  /** What the command answers; most answer nothing (undefined). */
  readonly result: unknown;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The calls only the writer answers. While no writer leads they throw `serviceUnavailable` at once (retriable; nothing was done), unless the last one said that it leaves: then they
 * wait for its successor. A call that was sent is never repeated here:
 * after `serviceUnavailable` or `deadlineExceeded` of a sent write its outcome is unknown.
 */
export class WriterClient {
  readonly #dependencies: WriterClientDependencies;

  constructor(dependencies: WriterClientDependencies) {
    this.#dependencies = dependencies;
  }

  async changeCatalog(origin: CallOrigin, command: CatalogCommand): Promise<CatalogChange> {
    const commandJson = encoder.encode(stringifyWithBigints(command));
    const response = await this.#call('catalog', origin, (writer, context, signal) =>
      writer.catalog({ context, commandJson }, signal),
    );
    const result = response.resultJson.length === 0 ? undefined : parseWithBigints(decoder.decode(response.resultJson));
    return { catalogVersion: response.catalogVersion, result };
  }

  insert(origin: CallOrigin, request: InsertRequest): Promise<MutationResponse> {
    return this.#call('insert', origin, (writer, context, signal) => writer.insert({ ...request, context }, signal));
  }

  delete(origin: CallOrigin, request: DeleteRequest): Promise<MutationResponse> {
    return this.#call('delete', origin, (writer, context, signal) => writer.delete({ ...request, context }, signal));
  }

  /** `collectionId` 0: none. */
  timestamp(origin: CallOrigin, collectionId: number): Promise<TimestampResponse> {
    return this.#call('timestamp', origin, (writer, context, signal) =>
      writer.timestamp({ context, collectionId }, signal),
    );
  }

  /** One entry per collection asked for, in that order. */
  async flush(origin: CallOrigin, collectionIds: readonly number[]): Promise<readonly FlushedCollection[]> {
    const response = await this.#call('flush', origin, (writer, context, signal) =>
      writer.flush({ context, collectionIds: [...collectionIds] }, signal),
    );
    return response.collections;
  }

  compact(origin: CallOrigin, request: Omit<CompactRequest, 'context'>): Promise<CompactResponse> {
    return this.#call('compact', origin, (writer, context, signal) => writer.compact({ ...request, context }, signal));
  }

  job(origin: CallOrigin, jobId: number): Promise<JobResponse> {
    return this.#call('job', origin, (writer, context, signal) => writer.job({ context, jobId }, signal));
  }

  /** Resolves to the id of the job, which is recorded then. */
  async importFiles(origin: CallOrigin, request: Omit<ImportRequest, 'context'>): Promise<number> {
    const { jobId } = await this.#call('importFiles', origin, (writer, context, signal) =>
      writer.importFiles({ ...request, context }, signal),
    );
    return jobId;
  }

  /** Newest first. 0: of all collections; 0: all jobs. */
  async importJobs(origin: CallOrigin, collectionId: number, jobId: number): Promise<readonly ImportJobMessage[]> {
    const { jobs } = await this.#call('importJobs', origin, (writer, context, signal) =>
      writer.importJobs({ context, collectionId, jobId }, signal),
    );
    return jobs;
  }

  /** Seals and compactions, and indexes that rows wait for. */
  listJobs(origin: CallOrigin): Promise<ListJobsResponse> {
    return this.#call('listJobs', origin, (writer, context, signal) => writer.listJobs({ context }, signal));
  }

  /** Empty `partitionIds`: all. */
  statistics(origin: CallOrigin, collectionId: number, partitionIds: readonly number[]): Promise<StatisticsResponse> {
    return this.#call('statistics', origin, (writer, context, signal) =>
      writer.statistics({ context, collectionId, partitionIds: [...partitionIds] }, signal),
    );
  }

  async #call<Response>(
    kind: NodeCallKind,
    origin: CallOrigin,
    invoke: (writer: WriterShard, context: CallContext, signal: AbortSignal) => Promise<Response>,
  ): Promise<Response> {
    const { members } = this.#dependencies;
    const handle = members.writer() ?? (await members.awaitWriter(origin));
    const writer = handle?.writerShard;
    if (!handle || !writer)
      throw new BraidError('serviceUnavailable', 'no writer leads at the moment: nothing was done, try again');
    using deadline = new Deadline(origin, this.#dependencies.clock);
    const call = callNode(
      handle,
      { kind, deadline, trace: origin.trace, invoke: (context, signal) => invoke(writer, context, signal) },
      this.#dependencies,
    );
    return await call.response;
  }
}
