import { fdatasync, writev } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BraidError } from '../../core/errors.ts';
import { createExclusively, syncFolder, unlinkIfPresent } from '../durable-file.ts';
import { logFilePath } from './log-folder.ts';
import { encodeFileHeader, FILE_HEADER_BYTES } from './record-format.ts';

/** One log file that is being written. Its steps are the caller's to order: `write`, `sync`, then `keep`, or `rollBack`. */
export class FileWriter implements AsyncDisposable {
  readonly path: string;
  readonly #handle: FileHandle;
  #keptBytes = FILE_HEADER_BYTES;
  #writtenBytes = FILE_HEADER_BYTES;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /** Creates the file with its header, durable with its name. Throws `termLost` if it exists; leaves nothing behind when it fails. */
  static async create(folder: string, term: number, firstSequence: number): Promise<FileWriter> {
    const path = logFilePath(folder, term, firstSequence);
    const handle = await createExclusively(path);
    if (handle === undefined)
      throw new BraidError('termLost', `term ${term} of the log has begun before: ${path} exists`);
    try {
      await handle.writeFile(encodeFileHeader(term, firstSequence));
      await handle.sync();
      await syncFolder(dirname(path));
      return new FileWriter(path, handle);
    } catch (error) {
      await handle.close();
      await unlinkIfPresent(path);
      throw error;
    }
  }

  /** Bytes that count. */
  get byteLength(): number {
    return this.#keptBytes;
  }

  /** Resolves when the operating system has all bytes. */
  async write(buffers: readonly Buffer[]): Promise<void> {
    let rest = buffers;
    while (rest.length > 0) {
      const bytesWritten = await writeSome(this.#handle.fd, rest, this.#writtenBytes);
      this.#writtenBytes += bytesWritten;
      rest = dropBytes(rest, bytesWritten);
    }
  }

  /** Resolves when the disk has them. After a failure nothing is known about any of them: it must not be tried again. */
  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fdatasync(this.#handle.fd, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  /** What was written counts. */
  keep(): void {
    this.#keptBytes = this.#writtenBytes;
  }

  /** Takes away what was written since the last `keep`; resolves when that is durable too. */
  async rollBack(): Promise<void> {
    await this.#handle.truncate(this.#keptBytes);
    await this.#handle.sync();
    this.#writtenBytes = this.#keptBytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

/** The callback form costs half of what the promises of `fs` do. */
function writeSome(fd: number, buffers: readonly Buffer[], position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    writev(fd, buffers, position, (error, bytesWritten) => (error === null ? resolve(bytesWritten) : reject(error)));
  });
}

function dropBytes(buffers: readonly Buffer[], byteCount: number): Buffer[] {
  let excess = byteCount;
  const rest: Buffer[] = [];
  for (const buffer of buffers) {
    if (excess < buffer.length) rest.push(excess === 0 ? buffer : buffer.subarray(excess));
    excess = Math.max(0, excess - buffer.length);
  }
  return rest;
}
