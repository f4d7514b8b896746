import { createHash, randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BraidError } from '../../../core/errors.ts';
import { S3_LIMITS } from '../limits.ts';
import { inParts } from './download.ts';
import type { S3Calls } from './s3-calls.ts';
import { statusOf } from './s3-errors.ts';

/** Something of a known length to be stored. */
export interface UploadSource {
  readonly byteLength: number;
  /** Fills `target` from `at` on, or throws. */
  read(target: Uint8Array, at: number): Promise<void>;
}

/** A piece of a source with the MD5 that the store checks it by. */
interface Piece {
  readonly Body: Uint8Array;
  readonly ContentMD5: string;
}

/** Says whose upload made an object: an answer that was lost must not turn our own success into "exists already". */
const UPLOAD_ID = 'braid-upload';

/**
 * Stores a source under a key that must not exist yet. Small ones by one request, larger ones in parts; the store decides by `If-None-Match: *`, and nothing
 * appears before it is complete. Takes at most `partsAtOnceMax` parts of memory.
 */
export async function upload(calls: S3Calls, key: string, source: UploadSource): Promise<void> {
  const uploadId = randomUUID();
  try {
    if (source.byteLength <= S3_LIMITS.partBytes) await putWhole(calls, key, source, uploadId);
    else await putInParts(calls, key, source, uploadId);
  } catch (error) {
    const status = statusOf((error as Error).cause);
    const maybeOurs = status === 412 || status === 404;
    if (!maybeOurs || !(await isMadeBy(calls, key, uploadId))) throw error;
  }
}

export async function uploadFile(calls: S3Calls, key: string, localPath: string): Promise<void> {
  await using file = await open(localPath, 'r');
  const { size } = await file.stat();
  const read = async (target: Uint8Array, at: number): Promise<void> => {
    for (let filled = 0; filled < target.length; ) {
      const { bytesRead } = await file.read(target, filled, target.length - filled, at + filled);
      if (bytesRead === 0) throw new BraidError('storageFailed', `${localPath} shrank while it was uploaded`);
      filled += bytesRead;
    }
  };
  await upload(calls, key, { byteLength: size, read });
}

export async function uploadBytes(calls: S3Calls, key: string, bytes: Uint8Array): Promise<void> {
  const read = async (target: Uint8Array, at: number): Promise<void> => {
    target.set(bytes.subarray(at, at + target.length));
    await nextTurn();
  };
  await upload(calls, key, { byteLength: bytes.length, read });
}

async function putWhole(calls: S3Calls, key: string, source: UploadSource, uploadId: string): Promise<void> {
  const piece = await readPiece(source, 0, source.byteLength);
  const request = { ...calls.at(key), ...piece, IfNoneMatch: '*', Metadata: { [UPLOAD_ID]: uploadId } };
  await calls.run('store', key, (abortSignal) => calls.client.putObject(request, { abortSignal }));
}

async function putInParts(calls: S3Calls, key: string, source: UploadSource, uploadId: string): Promise<void> {
  const { client } = calls;
  const place = calls.at(key);
  const created = await calls.run('store', key, (abortSignal) =>
    client.createMultipartUpload({ ...place, Metadata: { [UPLOAD_ID]: uploadId } }, { abortSignal }),
  );
  const parts = { ...place, UploadId: created.UploadId };
  try {
    const partBytes = Math.max(S3_LIMITS.partBytes, Math.ceil(source.byteLength / S3_LIMITS.partCountMax));
    const done: { readonly PartNumber: number; readonly ETag: string | undefined }[] = [];
    const putPart = async (start: number, end: number, signal: AbortSignal): Promise<void> => {
      const index = start / partBytes;
      const request = { ...parts, ...(await readPiece(source, start, end)), PartNumber: index + 1 };
      const attempt = (abortSignal: AbortSignal) => client.uploadPart(request, { abortSignal });
      const { ETag } = await calls.run('store', key, attempt, signal);
      done[index] = { PartNumber: index + 1, ETag };
    };
    await inParts(0, source.byteLength, undefined, putPart, partBytes);
    const completion = { ...parts, IfNoneMatch: '*', MultipartUpload: { Parts: done } };
    await calls.run('store', key, (abortSignal) => client.completeMultipartUpload(completion, { abortSignal }));
  } catch (error) {
    // What stays is removed when a day old, by whoever opens the storage then.
    await client.abortMultipartUpload(parts).catch(() => undefined);
    throw error;
  }
}

async function readPiece(source: UploadSource, from: number, to: number): Promise<Piece> {
  const Body = Buffer.allocUnsafeSlow(to - from);
  const hash = createHash('md5');
  for (let start = 0; start < Body.length; start += S3_LIMITS.chunkBytes) {
    const chunk = Body.subarray(start, start + S3_LIMITS.chunkBytes);
    await source.read(chunk, from + start);
    hash.update(chunk);
  }
  return { Body, ContentMD5: hash.digest('base64') };
}

async function isMadeBy(calls: S3Calls, key: string, uploadId: string): Promise<boolean> {
  const look = (abortSignal: AbortSignal) => calls.client.headObject(calls.at(key), { abortSignal });
  const found = await calls.run('look at', key, look).catch(() => undefined);
  return found?.Metadata?.[UPLOAD_ID] === uploadId;
}
