import { S3_LIMITS } from '../limits.ts';
import { checkFilePath, checkObjectKey, checkObjectPrefix } from '../object-key.ts';
import type { ObjectStorage, OpenedFile, StoredObject } from '../storage.ts';
import { copyToFile, findObject, readRange } from './download.ts';
import { OpenedObject } from './opened-object.ts';
import type { S3Calls } from './s3-calls.ts';
import { isPassing, toStorageError } from './s3-errors.ts';
import { uploadBytes, uploadFile } from './upload.ts';

/** Objects of a bucket that all nodes reach. Puts, lists and deletes are seen by all at once: S3 is consistent since December 2020. */
export class S3Storage implements ObjectStorage {
  readonly shared = true;
  readonly #calls: S3Calls;

  constructor(calls: S3Calls) {
    this.#calls = calls;
  }

  async putFile(key: string, localPath: string): Promise<void> {
    checkObjectKey(key);
    try {
      await uploadFile(this.#calls, key, localPath);
    } catch (error) {
      throw 'syscall' in (error as Error) ? toStorageError(`cannot store ${localPath} as "${key}"`, error) : error;
    }
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    checkObjectKey(key);
    await uploadBytes(this.#calls, key, bytes);
  }

  async get(key: string): Promise<Uint8Array> {
    checkObjectKey(key);
    const object = await findObject(this.#calls, key);
    return readRange(this.#calls, object, 0, object.byteLength);
  }

  async getFile(key: string, localPath: string, signal?: AbortSignal): Promise<void> {
    checkObjectKey(key);
    const object = await findObject(this.#calls, key, signal);
    await copyToFile(this.#calls, object, localPath, signal);
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    checkObjectPrefix(prefix);
    const { client, bucket, prefix: root } = this.#calls;
    let next: string | undefined;
    do {
      const request = { Bucket: bucket, Prefix: root + prefix, ContinuationToken: next };
      const page = await this.#calls.run('list', prefix, (abortSignal) =>
        client.listObjectsV2(request, { abortSignal }),
      );
      for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
        const key = Key.slice(root.length);
        // Names that begin with a dot are this plugin's own; those that end with a slash stand for folders.
        if (key === '' || key.startsWith('.') || key.endsWith('/')) continue;
        yield { key, byteLength: Size, modifiedAtMs: LastModified?.getTime() ?? Date.now() };
      }
      next = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (next !== undefined);
  }

  async openFile(path: string): Promise<OpenedFile> {
    checkFilePath(path);
    return OpenedObject.open(this.#calls, path);
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) checkObjectKey(key);
    for (let start = 0; start < keys.length; start += S3_LIMITS.deleteKeysMax) {
      await this.#deleteBatch(keys.slice(start, start + S3_LIMITS.deleteKeysMax));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#calls.client.destroy();
  }

  /** The answer names the keys that failed: only these are tried again. */
  async #deleteBatch(keys: readonly string[]): Promise<void> {
    const { client, bucket, prefix } = this.#calls;
    let left = keys.map((key) => ({ Key: prefix + key }));
    await this.#calls.run('delete', keys[0]!, async (abortSignal) => {
      const request = { Bucket: bucket, Delete: { Objects: left, Quiet: true } };
      const { Errors = [] } = await client.deleteObjects(request, { abortSignal });
      const failures = Errors.filter(({ Code }) => Code !== 'NoSuchKey').map(({ Key, Code, Message }) => {
        const status = Code === 'InternalError' ? 500 : 400;
        return Object.assign(new Error(`${Key}: ${Message}`), {
          name: Code ?? '',
          $metadata: { httpStatusCode: status },
        });
      });
      left = Errors.map(({ Key }) => ({ Key: Key! }));
      const failure = failures.find((error) => !isPassing(error)) ?? failures[0];
      if (failure) throw failure;
    });
  }
}
