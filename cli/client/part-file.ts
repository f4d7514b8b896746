import { type FileHandle, open, rename, stat } from 'node:fs/promises';
import { BraidError } from '../../core/errors.ts';

const TAIL_BYTES = 64 * 1024;
const NEWLINE = 10;

export interface PartFileOptions {
  /** Go on behind the last whole line of what an interrupted run has left. */
  readonly resume: boolean;
  /** Replace what is there. */
  readonly force: boolean;
}

/** A file that has its name only when all of it is written and durable; until then it is `<name>.part`. */
export class PartFile implements AsyncDisposable {
  readonly #path: string;
  readonly #handle: FileHandle;
  /** The last whole line of an interrupted run. */
  readonly lastLine: string | undefined;

  private constructor(path: string, handle: FileHandle, lastLine: string | undefined) {
    this.#path = path;
    this.#handle = handle;
    this.lastLine = lastLine;
  }

  static async open(path: string, { resume, force }: PartFileOptions): Promise<PartFile> {
    const part = `${path}.part`;
    if (!force && (await exists(path)))
      throw new BraidError('parameterInvalid', `${path} is there already: --force replaces it`);
    const hasPart = await exists(part);
    if (hasPart && !resume && !force) {
      const what = `${part} is there from a run that was interrupted`;
      throw new BraidError('parameterInvalid', `${what}: --resume goes on where it ended, --force begins again`);
    }
    const resumed = hasPart && resume;
    try {
      const lastLine = resumed ? await cutToLastLine(part) : undefined;
      return new PartFile(path, await open(part, resumed ? 'a' : 'w'), lastLine);
    } catch (cause) {
      const { message } = cause as Error;
      throw new BraidError('parameterInvalid', `${part} cannot be written: ${message}`, { cause });
    }
  }

  async append(data: string | Uint8Array): Promise<void> {
    await this.#handle.appendFile(data);
  }

  /** Gives the file its name. */
  async finish(): Promise<void> {
    await this.#handle.sync();
    await rename(`${this.#path}.part`, this.#path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Cuts off what follows the last newline, and gives the line before it. */
async function cutToLastLine(path: string): Promise<string | undefined> {
  await using handle = await open(path, 'r+');
  const { size } = await handle.stat();
  let tail = Buffer.alloc(0);
  let start = size;
  // Backwards, until two newlines are seen or the file begins: what lies between them is the line.
  while (start > 0 && newlineBefore(tail, tail.lastIndexOf(NEWLINE)) < 0) {
    const from = Math.max(0, start - TAIL_BYTES);
    const piece = Buffer.alloc(start - from);
    await handle.read(piece, 0, piece.length, from);
    tail = Buffer.concat([piece, tail]);
    start = from;
  }
  const last = tail.lastIndexOf(NEWLINE);
  await handle.truncate(last < 0 ? 0 : start + last + 1);
  if (last < 0) return undefined;
  return tail.subarray(newlineBefore(tail, last) + 1, last).toString('utf8');
}

function newlineBefore(bytes: Buffer, at: number): number {
  return at <= 0 ? -1 : bytes.lastIndexOf(NEWLINE, at - 1);
}
