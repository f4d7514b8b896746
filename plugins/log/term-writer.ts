import { access } from 'node:fs';
import { BraidError } from '../../core/errors.ts';
import { hasCode, isDiskFull, unlinkIfPresent } from '../durable-file.ts';
import type { PluginLogger } from '../plugin.ts';
import { FileWriter } from './file-writer.ts';
import type { LogPosition } from './log.ts';
import { listLogFolder, sealPath } from './log-folder.ts';
import { encodeBatch, termChecksum } from './record-format.ts';
import { beginTerm, refuseLaterTerm, termLost } from './term-start.ts';

/**
 * Writes the records of one term. `commit` is called by one caller at a time.
 * A full disk leaves no trace of a batch and the writer usable; every other failure ends it for good, since what is on the disk is then unknown.
 */
export class TermWriter implements AsyncDisposable {
  readonly term: number;
  readonly #folder: string;
  /** Size at which a file is closed and the next one begun. */
  readonly #fileBytes: number;
  readonly #logger: PluginLogger;
  readonly #checksumOfTerm: number;
  #file: FileWriter;
  #closedBytes = 0;
  #lastSequence = 0;
  #failure: BraidError | undefined;

  private constructor(folder: string, term: number, fileBytes: number, logger: PluginLogger, file: FileWriter) {
    this.#folder = folder;
    this.term = term;
    this.#fileBytes = fileBytes;
    this.#logger = logger;
    this.#checksumOfTerm = termChecksum(term);
    this.#file = file;
  }

  /** Seals all earlier terms first; throws `termLost` if this one or a later one has begun. */
  static async begin(folder: string, term: number, fileBytes: number, logger: PluginLogger): Promise<TermWriter> {
    return new TermWriter(folder, term, fileBytes, logger, await beginTerm(folder, term, logger));
  }

  /** The last record that is durable. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** Of all files of this term. */
  get byteLength(): number {
    return this.#closedBytes + this.#file.byteLength;
  }

  /** Makes the payloads durable with one write and one fsync; resolves to the position of the first. */
  async commit(payloads: readonly Uint8Array[]): Promise<LogPosition> {
    if (this.#failure !== undefined) throw this.#failure;
    const sequence = this.#lastSequence + 1;
    try {
      if (this.#file.byteLength >= this.#fileBytes) await this.#rotate();
      await this.#write(encodeBatch(payloads, sequence, this.#checksumOfTerm));
      // Successors read what is written, not what is synced: the two need not wait for each other.
      const [isOver] = await Promise.all([this.#isOver(), this.#file.sync()]);
      if (isOver) throw termLost(this.term, this.term + 1);
    } catch (error) {
      throw this.#explain(error);
    }
    this.#file.keep();
    this.#lastSequence += payloads.length;
    return { term: this.term, sequence };
  }

  async #write(buffers: readonly Buffer[]): Promise<void> {
    try {
      await this.#file.write(buffers);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      await this.#file.rollBack();
      throw fullDisk(this.#file.path, error);
    }
  }

  async #rotate(): Promise<void> {
    let next: FileWriter;
    try {
      next = await FileWriter.create(this.#folder, this.term, this.#lastSequence + 1);
    } catch (error) {
      throw isDiskFull(error) ? fullDisk(this.#folder, error) : error;
    }
    try {
      refuseLaterTerm(await listLogFolder(this.#folder), this.term);
    } catch (error) {
      await next[Symbol.asyncDispose]();
      await unlinkIfPresent(next.path);
      throw error;
    }
    this.#closedBytes += this.#file.byteLength;
    await this.#file[Symbol.asyncDispose]();
    this.#file = next;
  }

  /** A successor seals this term, and may later free its files: first it makes the seal, last it removes it. */
  async #isOver(): Promise<boolean> {
    return (await exists(sealPath(this.#folder, this.term))) || !(await exists(this.#file.path));
  }

  /** Turns a failure into an error of the log and remembers the ones after which nothing is certain. */
  #explain(error: unknown): BraidError {
    if (error instanceof BraidError && error.kind === 'diskLimitExceeded') return error;
    this.#failure = error instanceof BraidError ? error : lostCertainty(this.#file.path, error);
    this.#logger.error({ err: this.#failure, term: this.term }, 'the log stops: nothing more is acknowledged');
    return this.#failure;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }
}

function exists(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    access(path, (error) =>
      error === null ? resolve(true) : hasCode(error, 'ENOENT') ? resolve(false) : reject(error),
    );
  });
}

function fullDisk(path: string, cause: unknown): BraidError {
  return new BraidError(
    'diskLimitExceeded',
    `no room to write the log at ${path}: ${messageOf(cause)}; nothing of it was kept`,
    { cause },
  );
}

function lostCertainty(path: string, cause: unknown): BraidError {
  const message = `writing the log at ${path} failed: ${messageOf(cause)}; whether the records are durable is unknown, the process must restart`;
  return new BraidError('internal', message, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
