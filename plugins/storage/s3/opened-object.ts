import { BraidError } from '../../../core/errors.ts';
import type { OpenedFile } from '../storage.ts';
import { type FoundObject, findObject, readRange } from './download.ts';
import type { S3Calls } from './s3-calls.ts';

/** A file of a user, read in ranges. One that is replaced meanwhile is an error. */
export class OpenedObject implements OpenedFile {
  readonly #calls: S3Calls;
  readonly #object: FoundObject;

  private constructor(calls: S3Calls, object: FoundObject) {
    this.#calls = calls;
    this.#object = object;
  }

  static async open(calls: S3Calls, path: string): Promise<OpenedObject> {
    return new OpenedObject(calls, await findObject(calls, path));
  }

  get byteLength(): number {
    return this.#object.byteLength;
  }

  async read(from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
    if (to > this.byteLength) {
      throw new BraidError('storageFailed', `${this.#object.key} ended early, at byte ${this.byteLength}`);
    }
    return readRange(this.#calls, this.#object, from, to);
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
