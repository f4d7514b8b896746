import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { crc32c } from '@node-rs/crc32';
import type { StoredFile } from '../../core/catalog.ts';
import { LIMITS } from './limits.ts';

/** A new file, written from its beginning to its end, with its length and CRC-32C. Errors of the file system are thrown as they come. */
export class FileWriter implements AsyncDisposable {
  readonly #path: string;
  readonly #file: FileHandle;
  #small: Uint8Array[] = [];
  #smallBytes = 0;
  #byteLength = 0;
  #crc32c = 0;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** Fails if the file exists. */
  static async create(path: string): Promise<FileWriter> {
    return new FileWriter(path, await open(path, 'wx'));
  }

  /** Small pieces are collected; nobody may change `bytes` before `finish`. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += LIMITS.fileChunkBytes) {
      const piece = bytes.subarray(at, at + LIMITS.fileChunkBytes);
      this.#small.push(piece);
      this.#smallBytes += piece.length;
      if (this.#smallBytes >= LIMITS.fileChunkBytes) await this.#flush();
    }
  }

  /** Returns when the file is on disk. */
  async finish(): Promise<StoredFile> {
    await this.#flush();
    await this.#file.sync();
    return { name: basename(this.#path), byteLength: this.#byteLength, crc32c: this.#crc32c };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    const pieces = this.#small;
    const bytes = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    this.#small = [];
    this.#smallBytes = 0;
    this.#crc32c = crc32c(bytes, this.#crc32c);
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at);
      at += bytesWritten;
    }
    this.#byteLength += bytes.length;
  }
}

export async function writeFile(path: string, bytes: Uint8Array): Promise<StoredFile> {
  await using writer = await FileWriter.create(path);
  await writer.write(bytes);
  return await writer.finish();
}

/** Makes the names of new files in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
