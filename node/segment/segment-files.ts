import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SegmentRecord } from '../../core/catalog.ts';
import type { ObjectStorage } from '../../plugins/storage/storage.ts';
import { verifySegmentFiles } from './verify-segment-files.ts';

/** Where the storage itself keeps the files of a segment, if that is a folder of this machine. They are not verified yet. */
export function folderInStorage(storage: ObjectStorage, record: SegmentRecord): string | undefined {
  const [file] = record.files;
  const path = file && storage.localPath?.(record.prefix + file.name);
  return path === undefined ? undefined : dirname(path);
}

/** Copies the files of a segment into `folder` and verifies them; a failure leaves what came so far. */
export async function fetchSegmentFiles(
  storage: ObjectStorage,
  record: SegmentRecord,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of record.files) await storage.getFile(record.prefix + file.name, join(folder, file.name), signal);
  await verifySegmentFiles(record, folder, signal);
}
