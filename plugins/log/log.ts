/**
 * The write-ahead log. One term writes at a time; records of a term are numbered 1, 2, 3 ... without gaps.
 * A record is bytes to the log; what it means is the writer's business.
 */

export interface LogPosition {
  readonly term: number;
  readonly sequence: number;
}

export interface LogRecord {
  readonly position: LogPosition;
  readonly payload: Uint8Array;
}

export interface WriteAheadLog extends AsyncDisposable {
  /** A random name of this log, made when it was first used and kept with it: another log has other records. */
  readonly id: string;
  /** True when a successor on another machine can read what this one wrote. A log on a local disk cannot be taken over without loss. */
  readonly shared: boolean;
  /**
   * Begins to write in `term`, after sealing every earlier term: their records end where they end now, whatever an old writer still adds.
   * Must be called once before `append`; throws `termLost` if a later term has already begun.
   */
  begin(term: number): Promise<void>;
  /**
   * Appends one record. Resolves when it is durable: it survives a crash of the process and of the machine. Concurrent appends share one write
   * and one fsync (group commit), and are durable in the order of the calls. The payload must not change until then.
   *
   * Refusals: `tooManyRequests` when too many bytes wait; `diskLimitExceeded` for a full disk, `serviceUnavailable` while the log's servers
   * cannot be reached or the log is closed: the record is then guaranteed not to be in the log, and appends may
   * be tried again; `internal` for a failed write or fsync and `termLost` when a successor has sealed the term: whether the record counts is then unknown, everything
   * is refused from then on, and the process must restart.
   */
  append(payload: Uint8Array): Promise<LogPosition>;
  /** Records after `position` (all of them if undefined), sealed terms first, in order. A torn tail is cut; damage followed by valid records throws, naming file and offset. */
  read(after: LogPosition | undefined): AsyncIterable<LogRecord>;
  /** Frees what holds only records at or before `position`. May free less. */
  truncate(position: LogPosition): Promise<void>;
  /** Bytes on disk, for metrics and back-pressure. */
  byteLength(): number;
}

export function compareLogPositions(left: LogPosition, right: LogPosition): number {
  return left.term - right.term || left.sequence - right.sequence;
}

export function logPositionToString(position: LogPosition): string {
  return `${position.term}:${position.sequence}`;
}

export function logPositionFromString(text: string): LogPosition {
  const [term, sequence] = text.split(':').map(Number);
  if (!Number.isSafeInteger(term) || !Number.isSafeInteger(sequence))
    throw new Error(`"${text}" is not a log position`);
  return { term: term!, sequence: sequence! };
}
