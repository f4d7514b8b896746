import { crc32c } from '@node-rs/crc32';
import type { DeleteFileRecord } from '../../core/catalog.ts';
import { BraidError } from '../../core/errors.ts';
import type { ObjectStorage } from '../../plugins/storage/storage.ts';
import { decodeDeleteFile } from './delete-file.ts';
import type { DeleteBatch } from './segment.ts';

/** The deletes of a published file; throws `segmentLoadFailed` when it is not the one that was published. */
export async function readDeleteFile(storage: ObjectStorage, record: DeleteFileRecord): Promise<DeleteBatch> {
  const { name, byteLength, crc32c: expected } = record.object;
  const bytes = await storage.get(name);
  if (bytes.length !== byteLength || crc32c(bytes) !== expected) {
    throw new BraidError('segmentLoadFailed', `delete file ${name} is damaged: it is not the file that was published`);
  }
  return decodeDeleteFile(bytes, name).deletes;
}
