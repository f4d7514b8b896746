import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { assert, BraidError } from '../../core/errors.ts';
import { hasCode, isDiskFull, unlinkIfPresent } from '../durable-file.ts';
import { STORAGE_LIMITS } from './limits.ts';
import { linkDurably, removeEmptyFolders, walkFiles } from './object-folder.ts';
import { checkFilePath, checkObjectKey, checkObjectPrefix } from './object-key.ts';
import { OpenedLocalFile } from './opened-local-file.ts';
import type { ObjectStorage, OpenedFile, StoredObject } from './storage.ts';

export interface LocalStorageOptions {
  /** Absolute. */
  readonly folder: string;
  readonly shared: boolean;
  readonly mapInPlace: boolean;
}

/** Objects that are being written; a name that no key can have. */
const UNFINISHED = '.unfinished';

/**
 * Objects as files of a folder. An object is written under a name of its own and then linked to its key: `link` never replaces, and makes the whole file
 * appear at once.
 */
export class LocalStorage implements ObjectStorage {
  readonly shared: boolean;
  readonly #folder: string;
  readonly #mapInPlace: boolean;

  constructor(options: LocalStorageOptions) {
    this.shared = options.shared;
    this.#folder = options.folder;
    this.#mapInPlace = options.mapInPlace;
  }

  async putFile(key: string, localPath: string): Promise<void> {
    const path = this.#path(key);
    await guard(`store ${localPath} as`, key, async () => {
      if (await this.#adopt(localPath, path)) return;
      await using source = await open(localPath, 'r');
      await this.#write(path, (target) => copyBytes(source, target));
    });
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const path = this.#path(key);
    await guard('store', key, () => this.#write(path, (target) => target.writeFile(bytes)));
  }

  async get(key: string): Promise<Uint8Array> {
    const path = this.#path(key);
    return guard('read', key, () => readFile(path));
  }

  async getFile(key: string, localPath: string, signal?: AbortSignal): Promise<void> {
    const path = this.#path(key);
    await guard(`copy to ${localPath}`, key, async () => {
      // Opened first, so that a missing object leaves no empty file.
      await using source = await open(path, 'r');
      try {
        await using target = await open(localPath, 'w');
        await copyBytes(source, target, signal);
      } catch (error) {
        await unlinkIfPresent(localPath);
        throw error;
      }
    });
  }

  localPath(key: string): string | undefined {
    const path = this.#path(key);
    return this.#mapInPlace && existsSync(path) ? path : undefined;
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    checkObjectPrefix(prefix);
    // An unmounted folder is an error, a folder that no object has made yet is not.
    await guard('list', prefix, () => stat(this.#folder));
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    for await (const { path, byteLength, modifiedAtMs } of walkFiles(join(this.#folder, folder))) {
      const key = path.slice(this.#folder.length + 1).replaceAll(sep, '/');
      if (key.startsWith(prefix) && !key.startsWith(UNFINISHED)) yield { key, byteLength, modifiedAtMs };
    }
  }

  async openFile(path: string): Promise<OpenedFile> {
    checkFilePath(path);
    return guard('open', path, async () => {
      // A link may lead out of the folder: what counts is where the file really lies.
      const real = await realpath(join(this.#folder, path));
      if (!real.startsWith((await realpath(this.#folder)) + sep)) {
        throw new BraidError('parameterInvalid', `${path} does not lie below the root of the storage`);
      }
      return OpenedLocalFile.open(path, real);
    });
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const path = this.#path(key);
      await guard('delete', key, () => unlinkIfPresent(path));
      await removeEmptyFolders(dirname(path), this.#folder);
    }
  }

  /** Removes what crashes left behind long ago. */
  async removeUnfinished(): Promise<void> {
    const folder = join(this.#folder, UNFINISHED);
    const names = await readdir(folder).catch(() => []);
    for (const name of names) {
      const path = join(folder, name);
      const ageMs = Date.now() - (await stat(path)).mtimeMs;
      if (ageMs > STORAGE_LIMITS.unfinishedAgeMsMax) await unlinkIfPresent(path);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #path(key: string): string {
    checkObjectKey(key);
    const path = join(this.#folder, key);
    assert(path.startsWith(this.#folder + sep), `the object ${key} lies below ${this.#folder}`);
    return path;
  }

  /** On the same file system the local file itself becomes the object. False where that is not possible. */
  async #adopt(localPath: string, path: string): Promise<boolean> {
    await using file = await open(localPath, 'r');
    const now = new Date();
    // Garbage collection counts the age of an object from here.
    await file.utimes(now, now);
    await file.sync();
    try {
      await linkDurably(localPath, path);
      return true;
    } catch (error) {
      if (hasCode(error, 'EXDEV', 'EPERM', 'EMLINK')) return false;
      throw error;
    }
  }

  async #write(path: string, fill: (target: FileHandle) => Promise<void>): Promise<void> {
    await mkdir(join(this.#folder, UNFINISHED), { recursive: true });
    const unfinishedPath = join(this.#folder, UNFINISHED, randomUUID());
    try {
      await using target = await open(unfinishedPath, 'wx');
      await fill(target);
      await target.sync();
      await linkDurably(unfinishedPath, path);
    } finally {
      await unlinkIfPresent(unfinishedPath);
    }
  }
}

async function copyBytes(source: FileHandle, target: FileHandle, signal?: AbortSignal): Promise<void> {
  const chunk = Buffer.allocUnsafe(STORAGE_LIMITS.copyChunkBytes);
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await source.read(chunk);
    if (bytesRead === 0) return;
    // Unlike `write`, this writes all of it.
    await target.writeFile(chunk.subarray(0, bytesRead));
  }
}

/** Errors of the file system become errors of the house. */
async function guard<Result>(verb: string, key: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    // Whatever the operating system did not refuse (an abort, a bug) is for the caller.
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    const kind = isDiskFull(error) ? 'diskLimitExceeded' : 'storageFailed';
    const reason = hasCode(error, 'EEXIST')
      ? 'an object of that key exists, and keys are never used twice'
      : hasCode(error, 'ENOENT')
        ? `there is no such object (${error.message})`
        : error.message;
    throw new BraidError(kind, `cannot ${verb} "${key}": ${reason}`, { cause: error });
  }
}
