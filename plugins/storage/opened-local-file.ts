import { type FileHandle, open } from 'node:fs/promises';
import { BraidError } from '../../core/errors.ts';
import type { OpenedFile } from './storage.ts';

/** A file of the local disk that is read in ranges. */
export class OpenedLocalFile implements OpenedFile {
  readonly byteLength: number;
  readonly #path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle, byteLength: number) {
    this.#path = path;
    this.#handle = handle;
    this.byteLength = byteLength;
  }

  static async open(path: string, realPath: string): Promise<OpenedLocalFile> {
    const handle = await open(realPath, 'r');
    const stats = await handle.stat();
    if (stats.isFile()) return new OpenedLocalFile(path, handle, stats.size);
    await handle.close();
    throw new BraidError('storageFailed', `${path} is not a file`);
  }

  async read(from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(to - from);
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await this.#handle.read(bytes, at, bytes.length - at, from + at);
      if (bytesRead === 0) throw new BraidError('storageFailed', `${this.#path} ended early, at byte ${from + at}`);
      at += bytesRead;
    }
    return bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}
