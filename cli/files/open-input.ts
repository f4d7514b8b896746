import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { BraidError } from '../../core/errors.ts';

/** Bytes of a file; 0 for `-`, standard input. Throws `parameterInvalid` where there is none. */
export async function sizeOfInput(file: string): Promise<number> {
  if (file === '-') return 0;
  return (await stat(file).catch(unreadable(file))).size;
}

export function openInput(file: string): Readable {
  return file === '-' ? process.stdin : createReadStream(file);
}

export function unreadable(file: string) {
  return (cause: Error): never => {
    throw new BraidError('parameterInvalid', `${file} cannot be read: ${cause.message}`, { cause });
  };
}
