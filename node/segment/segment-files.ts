import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SegmentRecord, StoredFile } from '../../core/catalog.ts';
import type { ObjectStorage } from '../../plugins/storage/storage.ts';
import { verifySegmentFiles } from './verify-segment-files.ts';

/** Where the storage itself keeps the files of a segment, if that is a folder of this machine. They are not verified yet. */
export function folderInStorage(storage: ObjectStorage, record: SegmentRecord): string | undefined {
  const [file] = record.files;
  const path = file && storage.localPath?.(record.prefix + file.name);
  return path === undefined ? undefined : dirname(path);
}

/** Of the record's files those that reads of these fields need (undefined: all fields). Dense vectors have files of their own, everything else is shared. */
export function filesOfFields(record: SegmentRecord, fieldIds: readonly number[] | undefined): readonly StoredFile[] {
  if (!fieldIds) return record.files;
  return record.files.filter(({ name }) => {
    const [, id] = /^(\d+)\./.exec(name) ?? [];
    return id === undefined || fieldIds.includes(Number(id));
  });
}

/** Copies files of a segment into `folder` and verifies them; a failure leaves what came so far. */
export async function fetchSegmentFiles(
  storage: ObjectStorage,
  record: Pick<SegmentRecord, 'id' | 'prefix' | 'files'>,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of record.files) await storage.getFile(record.prefix + file.name, join(folder, file.name), signal);
  await verifySegmentFiles(record, folder, signal);
}
