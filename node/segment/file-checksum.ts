import { open } from 'node:fs/promises';
import { crc32c } from '@node-rs/crc32';
import { LIMITS } from './limits.ts';

/** Length and CRC-32C of a file, read in pieces: a piece takes a fraction of a millisecond of the event loop. Errors of the file system are thrown as they come. */
export async function fileChecksum(
  path: string,
  signal?: AbortSignal,
): Promise<{ readonly byteLength: number; readonly crc32c: number }> {
  const file = await open(path, 'r');
  try {
    const buffer = new Uint8Array(LIMITS.fileChunkBytes);
    let byteLength = 0;
    let checksum = 0;
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(buffer, 0, buffer.length, byteLength);
      if (bytesRead === 0) return { byteLength, crc32c: checksum };
      checksum = crc32c(buffer.subarray(0, bytesRead), checksum);
      byteLength += bytesRead;
    }
  } finally {
    await file.close();
  }
}
