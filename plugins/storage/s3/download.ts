import { type FileHandle, open } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { bulkhead } from 'cockatiel';
import { BraidError } from '../../../core/errors.ts';
import { unlinkIfPresent } from '../../durable-file.ts';
import { S3_LIMITS } from '../limits.ts';
import type { S3Calls } from './s3-calls.ts';

/** An object as it was when it was looked at: ranges are read of this one or of none. */
export interface FoundObject {
  readonly key: string;
  readonly byteLength: number;
  readonly etag: string | undefined;
}

/** Takes bytes that begin at `at` of the object; they are only lent. */
type Sink = (bytes: Uint8Array, at: number) => Promise<void> | void;

export async function findObject(calls: S3Calls, key: string, signal?: AbortSignal): Promise<FoundObject> {
  const found = await calls.run(
    'read',
    key,
    (abortSignal) => calls.client.headObject(calls.at(key), { abortSignal }),
    signal,
  );
  return { key, byteLength: found.ContentLength ?? 0, etag: found.ETag };
}

/** Bytes `from` up to `to`, in memory of their own. */
export async function readRange(
  calls: S3Calls,
  object: FoundObject,
  from: number,
  to: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(to - from);
  await inParts(from, to, signal, (start, end, stop) =>
    streamRange(calls, object, [start, end], (chunk, at) => bytes.set(chunk, at - from), stop),
  );
  return bytes;
}

/** Copies an object into a file; a failure removes the file. At most `partsAtOnceMax` chunks are in memory. */
export async function copyToFile(
  calls: S3Calls,
  object: FoundObject,
  localPath: string,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await using file = await open(localPath, 'w');
    await inParts(0, object.byteLength, signal, (start, end, stop) =>
      copyRange(calls, object, [start, end], file, stop),
    );
  } catch (error) {
    await unlinkIfPresent(localPath);
    throw error;
  }
}

/** The body comes in pieces of a few KB: they are gathered, so that the disk gets few and large writes. */
async function copyRange(
  calls: S3Calls,
  object: FoundObject,
  range: readonly [number, number],
  file: FileHandle,
  signal: AbortSignal,
): Promise<void> {
  const gathered = Buffer.allocUnsafe(Math.min(S3_LIMITS.chunkBytes, range[1] - range[0]));
  let length = 0;
  let position = range[0];
  const flush = async (): Promise<void> => {
    for (let written = 0; written < length; ) {
      const { bytesWritten } = await file.write(gathered, written, length - written, position + written);
      written += bytesWritten;
    }
    position += length;
    length = 0;
  };
  await streamRange(
    calls,
    object,
    range,
    async (bytes) => {
      for (let taken = 0; taken < bytes.length; ) {
        const count = Math.min(bytes.length - taken, gathered.length - length);
        gathered.set(bytes.subarray(taken, taken + count), length);
        taken += count;
        length += count;
        if (length === gathered.length) await flush();
      }
    },
    signal,
  );
  await flush();
}

/** A body that ends early or stands still is asked for again from where it stopped. */
async function streamRange(
  calls: S3Calls,
  object: FoundObject,
  [from, to]: readonly [number, number],
  sink: Sink,
  signal: AbortSignal,
): Promise<void> {
  let at = from;
  await calls.run(
    'read',
    object.key,
    async (abortSignal, alive) => {
      if (at === to) return;
      const request = { ...calls.at(object.key), Range: `bytes=${at}-${to - 1}`, IfMatch: object.etag };
      const { Body } = await calls.client.getObject(request, { abortSignal });
      for await (const chunk of addAbortSignal(abortSignal, Body as Readable)) {
        const bytes = chunk as Buffer;
        if (at + bytes.length > to) {
          throw new BraidError(
            'storageFailed',
            `the store sent more than the bytes ${from} to ${to} that were asked for`,
          );
        }
        await sink(bytes, at);
        at += bytes.length;
        alive();
      }
      if (at < to) throw new BraidError('serviceUnavailable', `the body ended at byte ${at} instead of ${to}`);
    },
    signal,
  );
}

/** Calls `work` for every part of a range, a few at a time; the first failure stops the others and is thrown when they have ended. */
export async function inParts(
  from: number,
  to: number,
  signal: AbortSignal | undefined,
  work: (start: number, end: number, signal: AbortSignal) => Promise<void>,
  partBytes: number = S3_LIMITS.partBytes,
): Promise<void> {
  const turns = bulkhead(S3_LIMITS.partsAtOnceMax, Number.POSITIVE_INFINITY);
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const parts: Promise<void>[] = [];
  for (let start = from; start < to; start += partBytes) {
    const end = Math.min(start + partBytes, to);
    const part = turns.execute(async () => {
      either.throwIfAborted();
      await work(start, end, either);
    });
    parts.push(
      part.catch((error: unknown) => {
        stop.abort(error);
      }),
    );
  }
  await Promise.all(parts);
  signal?.throwIfAborted();
  if (stop.signal.aborted) throw stop.signal.reason;
}
