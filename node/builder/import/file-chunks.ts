import type { ImportFile } from './import-file.ts';
import { IMPORT_LIMITS } from './limits.ts';

/** The bytes of a file from its begin to its end. */
export async function* fileChunks(file: ImportFile): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let from = 0; from < file.byteLength; from += IMPORT_LIMITS.chunkBytes) {
    yield await file.read(from, Math.min(from + IMPORT_LIMITS.chunkBytes, file.byteLength));
  }
}
