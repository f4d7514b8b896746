import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import type { Cache } from '../../plugins/cache/cache.ts';
import type { Discovery } from '../../plugins/discovery/discovery.ts';
import type { WriteAheadLog } from '../../plugins/log/log.ts';
import type { MetadataStore } from '../../plugins/metadata/metadata.ts';
import type { RoutingStrategy } from '../../plugins/routing/routing.ts';
import type { ObjectStorage } from '../../plugins/storage/storage.ts';
import type { ProgramInfo } from '../../proto/node-protocol/program-info.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { OpenTracing } from '../../telemetry/tracing.ts';
import type { ReadableMetadata } from './late-metadata.ts';
import type { NodeConnections } from './node-connections.ts';

/** What the roles of one process share; opened in this order and closed in reverse. */
export interface ProcessParts {
  readonly config: Config;
  readonly nodeId: string;
  readonly program: ProgramInfo;
  readonly logger: Logger;
  /** The process must end: it may no longer write. */
  readonly onFatal: (error: Error) => void;
  readonly metrics: Metrics;
  readonly tracing: OpenTracing;
  readonly metadata: ReadableMetadata;
  /** All of it. Undefined in a process that is a router only and may begin without it. */
  readonly metadataStore: MetadataStore | undefined;
  readonly storage: ObjectStorage;
  readonly routing: RoutingStrategy;
  readonly discovery: Discovery;
  readonly connections: NodeConnections;
  /** Undefined in a process that is a reader only. */
  readonly cache: Cache | undefined;
  /** Opens the log; only the writer does. */
  readonly openLog: () => Promise<WriteAheadLog>;
  /** Aborted when the process stops. */
  readonly signal: AbortSignal;
}
