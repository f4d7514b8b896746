import { once } from 'node:events';
import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { pino } from 'pino';
import { BraidError } from '../../core/errors.ts';
import { redactText } from './redact.ts';
import type { QueryPlan } from './slow-queries.ts';

/** One call of the Milvus API that ended. Texts that nobody gave are empty. */
export interface AccessEntry {
  readonly method: string;
  /** Milvus' code, 0 for success. */
  readonly code: number;
  readonly reason: string;
  /** Of failures: it lies in what the caller sent. */
  readonly isInputError: boolean;
  readonly traceId: string;
  readonly userAddress: string;
  readonly userName: string;
  readonly sdk: string;
  readonly database: string;
  /** The name of the cluster. */
  readonly cluster: string;
  /** Of reads that were planned. */
  readonly plan: Pick<QueryPlan, 'field' | 'queryCount' | 'outputFields'> | undefined;
  /** Milliseconds since the epoch. */
  readonly endedMs: number;
  readonly durationMs: number;
  /** Computed only for formats that show them. */
  readonly collection: () => string;
  readonly partitions: () => readonly string[];
  readonly filter: () => string;
  readonly readParameters: () => {
    readonly consistencyLevel: string;
    readonly searchParameters: string;
    readonly queryParameters: string;
  };
  readonly responseBytes: () => number;
}

const UNKNOWN = 'Unknown';

/** The variables of Milvus' access log (internal/proxy/accesslog/info of 2.6), and what they show. */
const VARIABLES: Readonly<Record<string, (entry: AccessEntry) => string>> = {
  method_name: (entry) => entry.method,
  method_status: (entry) => (entry.code === 0 ? 'Successful' : 'Failed'),
  method_expr: (entry) => entry.filter(),
  trace_id: (entry) => entry.traceId,
  user_addr: (entry) => entry.userAddress,
  user_name: (entry) => entry.userName,
  response_size: (entry) => String(entry.responseBytes()),
  error_code: (entry) => String(entry.code),
  error_msg: (entry) => redactText(entry.reason),
  error_type: ({ code, isInputError }) => (code === 0 ? '' : isInputError ? 'InputError' : 'SystemError'),
  database_name: (entry) => entry.database,
  collection_name: (entry) => entry.collection(),
  partition_name: (entry) => entry.partitions().join(','),
  time_cost: (entry) => `${entry.durationMs.toFixed(3)}ms`,
  time_now: (entry) => timeText(entry.endedMs),
  time_start: (entry) => timeText(entry.endedMs - entry.durationMs),
  time_end: (entry) => timeText(entry.endedMs),
  sdk_version: (entry) => entry.sdk,
  cluster_prefix: (entry) => entry.cluster,
  output_fields: (entry) => entry.plan?.outputFields.join(',') ?? '',
  anns_field: (entry) => entry.plan?.field ?? '',
  nq: (entry) => (entry.plan && entry.plan.queryCount > 0 ? String(entry.plan.queryCount) : ''),
  consistency_level: (entry) => entry.readParameters().consistencyLevel,
  search_params: (entry) => redactText(entry.readParameters().searchParameters),
  query_params: (entry) => redactText(entry.readParameters().queryParameters),
};

export type LineFormat = (entry: AccessEntry) => string;

/** A line of a format; control characters of what clients say are escaped, so one call is one line. Throws `parameterInvalid` for a variable that does not exist. */
export function compileFormat(format: string): LineFormat {
  const pieces = format.split(/(\$[a-z_]+)/).map((piece): string | LineFormat => {
    if (!/^\$[a-z_]/.test(piece)) return piece;
    const variable = VARIABLES[piece.slice(1)];
    if (variable) return (entry) => escaped(variable(entry)) || UNKNOWN;
    const known = Object.keys(VARIABLES).map((name) => `$${name}`);
    throw new BraidError('parameterInvalid', `access log: there is no variable ${piece}, only ${known.join(', ')}`);
  });
  return (entry) => pieces.map((piece) => (typeof piece === 'string' ? piece : piece(entry))).join('');
}

export interface AccessLogOptions {
  /** Empty: standard output. Appended to; its folder is made. */
  readonly file: string;
  /** Of the methods that no other format names. */
  readonly format: string;
  /** Formats of some methods: gRPC's names and REST's paths (`Search`, `entities/search`). */
  readonly formats: Readonly<Record<string, { readonly format: string; readonly methods: readonly string[] }>>;
}

const BUFFER_BYTES = 4_096;
const FLUSH_INTERVAL_MS = 1_000;
/** What waits for a disk that does not keep up; more is left out. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;

/** One line of text per call. Calls never wait for it: lines are written later, and left out where the disk does not keep up. */
export class AccessLog implements AsyncDisposable {
  readonly #base: LineFormat;
  readonly #formats = new Map<string, LineFormat>();
  readonly #destination: ReturnType<typeof pino.destination>;

  /** Throws `parameterInvalid` when the file cannot be opened. */
  constructor({ file, format, formats }: AccessLogOptions) {
    this.#base = compileFormat(format);
    for (const { format: own, methods } of Object.values(formats)) {
      const compiled = compileFormat(own);
      for (const method of methods) this.#formats.set(method, compiled);
    }
    this.#destination = pino.destination({
      dest: file === '' ? 1 : openFile(file),
      sync: false,
      minLength: BUFFER_BYTES,
      periodicFlush: FLUSH_INTERVAL_MS,
      maxLength: WAITING_BYTES_MAX,
    });
  }

  /** Told when lines could not be written: they are lost, calls go on. */
  onError(listener: (error: Error) => void): void {
    this.#destination.on('error', listener);
  }

  write(entry: AccessEntry): void {
    const format = this.#formats.get(entry.method) ?? this.#base;
    this.#destination.write(`${format(entry)}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#destination, 'close');
    this.#destination.end();
    await closed;
  }
}

/** The file descriptor. A destination that failed to open a file by itself would throw once more when the process ends. */
function openFile(file: string): number {
  try {
    mkdirSync(dirname(file), { recursive: true });
    return openSync(file, 'a');
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new BraidError('parameterInvalid', `the access log cannot be opened: ${reason}`, { cause });
  }
}

function escaped(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Go's layout `2006/01/02 15:04:05.000 -07:00`, as Milvus has it; in UTC. */
function timeText(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10).replaceAll('-', '/')} ${iso.slice(11, 23)} +00:00`;
}
