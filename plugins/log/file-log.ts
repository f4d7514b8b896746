import { assert, BraidError } from '../../core/errors.ts';
import type { PluginLogger } from '../plugin.ts';
import { GroupCommit } from './group-commit.ts';
import { type LogPosition, type LogRecord, logPositionToString, type WriteAheadLog } from './log.ts';
import { fileBytes, type LogFile, type LogListing, listLogFolder, readFloor, readSeal } from './log-folder.ts';
import { logIdentity } from './log-identity.ts';
import { readTerm } from './term-reader.ts';
import { TermWriter } from './term-writer.ts';
import { truncateLog } from './truncate-log.ts';

export interface FileLogOptions {
  readonly folder: string;
  readonly shared: boolean;
  /** Size at which a file is closed and the next one begun. */
  readonly fileBytes: number;
  readonly logger: PluginLogger;
}

/** The log in a folder of files. */
export class FileLog implements WriteAheadLog {
  readonly id: string;
  readonly shared: boolean;
  readonly #options: FileLogOptions;
  readonly #commits: GroupCommit;
  #writer: TermWriter | undefined;
  #isBeginning = false;
  #isClosed = false;
  /** Of the files of other terms, when this one began. */
  #earlierBytes: number;
  #freedBytes = 0;

  private constructor(options: FileLogOptions, id: string, earlierBytes: number) {
    this.id = id;
    this.shared = options.shared;
    this.#options = options;
    this.#earlierBytes = earlierBytes;
    this.#commits = new GroupCommit((payloads) => this.#begun('append').commit(payloads));
  }

  /** The folder must exist. Nothing but the log's id is written to it before `begin`. */
  static async open(options: FileLogOptions): Promise<FileLog> {
    return new FileLog(
      options,
      await logIdentity(options.folder),
      await totalBytes(await listLogFolder(options.folder)),
    );
  }

  async begin(term: number): Promise<void> {
    assert(Number.isSafeInteger(term) && term >= 1, `a term is a whole number from 1, not ${term}`);
    assert(this.#writer === undefined && !this.#isBeginning, 'a log begins one term in its life');
    this.#isBeginning = true;
    const { folder, fileBytes: fileBytesMax, logger } = this.#options;
    const writer = await TermWriter.begin(folder, term, fileBytesMax, logger);
    this.#earlierBytes = (await totalBytes(await listLogFolder(folder))) - writer.byteLength;
    this.#writer = writer;
  }

  async append(payload: Uint8Array): Promise<LogPosition> {
    if (this.#isClosed) throw new BraidError('serviceUnavailable', `the log at ${this.#options.folder} is closed`);
    this.#begun('append');
    return this.#commits.append(payload);
  }

  async *read(after: LogPosition | undefined): AsyncIterable<LogRecord> {
    const { folder, logger } = this.#options;
    // What this process appends from now on is not read.
    const own =
      this.#writer === undefined ? undefined : { term: this.#writer.term, sequence: this.#writer.lastSequence };
    const floor = await readFloor(folder);
    const listing = await listLogFolder(folder);
    for (const term of termsFrom(listing, Math.max(floor.term, after?.term ?? 0))) {
      const lastSequence = term === own?.term ? own.sequence : (await readSeal(folder, term))?.lastSequence;
      const files = listing.files.filter((file) => file.term === term);
      const freed = term === floor.term ? floor.sequence : 0;
      refuseGap(folder, term, files, freed, lastSequence);
      const afterSequence = Math.max(freed, term === after?.term ? after.sequence : 0);
      yield* readTerm(files, { afterSequence, lastSequence }, logger);
    }
  }

  async truncate(position: LogPosition): Promise<void> {
    const { term } = this.#begun('truncate');
    assert(position.term <= term, `the log of term ${term} cannot be freed up to ${logPositionToString(position)}`);
    this.#freedBytes += await truncateLog(this.#options.folder, position, term);
  }

  byteLength(): number {
    return this.#earlierBytes + (this.#writer?.byteLength ?? 0) - this.#freedBytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#commits.idle();
    await this.#writer?.[Symbol.asyncDispose]();
  }

  #begun(verb: string): TermWriter {
    assert(this.#writer !== undefined, `${verb} needs a term that has begun`);
    return this.#writer;
  }
}

function termsFrom(listing: LogListing, firstTerm: number): number[] {
  const terms = new Set([...listing.sealedTerms, ...listing.files.map((file) => file.term)]);
  return [...terms].filter((term) => term >= firstTerm).sort((left, right) => left - right);
}

/** The records after the floor must begin where the first file begins. */
function refuseGap(
  folder: string,
  term: number,
  files: readonly LogFile[],
  freedSequence: number,
  lastSequence: number | undefined,
): void {
  const firstDue = freedSequence + 1;
  const firstThere = files[0]?.firstSequence ?? (lastSequence ?? 0) + 1;
  if (firstThere <= firstDue || (lastSequence !== undefined && lastSequence < firstDue)) return;
  const missing = `records ${firstDue} to ${firstThere - 1} of term ${term} are missing from ${folder}`;
  throw new BraidError('internal', `${missing}: a file was taken away; restore it from a backup`);
}

async function totalBytes(listing: LogListing): Promise<number> {
  const sizes = await Promise.all(listing.files.map((file) => fileBytes(file.path)));
  return sizes.reduce((sum, size) => sum + size, 0);
}
