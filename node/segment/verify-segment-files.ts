import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SegmentRecord, StoredFile } from '../../core/catalog.ts';
import { BraidError } from '../../core/errors.ts';
import { fileChecksum } from './file-checksum.ts';

/**
 * Checks every file of a record in `folder`: length, then CRC-32C, read in pieces. Throws `segmentLoadFailed` naming the first file that is missing or damaged.
 * A damaged graph would crash the process: nothing is opened that was not verified.
 */
export async function verifySegmentFiles(
  record: Pick<SegmentRecord, 'id' | 'files'>,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  for (const file of record.files) await verifyFile(file, folder, `segment ${record.id}`, signal);
}

async function verifyFile(
  expected: StoredFile,
  folder: string,
  owner: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const path = join(folder, expected.name);
  const failed = (why: string, cause?: unknown) =>
    new BraidError('segmentLoadFailed', `${owner}: ${path} ${why}`, { cause });
  const found = await stat(path).catch((error: unknown) => {
    throw failed('cannot be read', error);
  });
  if (found.size !== expected.byteLength) {
    throw failed(`has ${found.size} bytes, the record says ${expected.byteLength}`);
  }
  const checksum = await fileChecksum(path, signal).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw failed('cannot be read', error);
  });
  if (checksum.byteLength !== expected.byteLength || checksum.crc32c !== expected.crc32c) {
    throw failed(`has CRC-32C ${checksum.crc32c}, the record says ${expected.crc32c}: the file is damaged`);
  }
}
