import { parentPort, workerData } from 'node:worker_threads';
import type { Column, ColumnBatch } from '../../../core/columns/column.ts';
import { assert, BraidError, toBraidError } from '../../../core/errors.ts';
import type { ImportFile } from './import-file.ts';
import type { ParserData, ParserMessage, ParserReply } from './import-messages.ts';
import { IMPORT_LIMITS } from './limits.ts';
import { countRows, readFile } from './read-file.ts';

/**
 * The thread that parses the files of one import: reads ranges through its owner, who has the storage, and sends checked rows, never more than
 * `piecesAhead` that were not taken yet. The entry of a worker: it runs when it is loaded.
 */
assert(parentPort, 'this is the entry of a worker thread');
const port = parentPort;
const { format, files } = workerData as ParserData;
const reads = new Map<number, PromiseWithResolvers<Uint8Array<ArrayBuffer>>>();
let nextRead = 0;
let ahead = 0;
let wakeSender: (() => void) | undefined;

port.on('message', (reply: ParserReply) => {
  switch (reply.kind) {
    case 'bytes':
      reads.get(reply.id)!.resolve(reply.bytes);
      reads.delete(reply.id);
      return;
    case 'unreadable':
      reads.get(reply.id)!.reject(new BraidError(reply.error, reply.message));
      reads.delete(reply.id);
      return;
    case 'taken':
      ahead--;
      wakeSender?.();
  }
});

try {
  const opened = files.map(openFile);
  for (const [index, { file }] of opened.entries()) {
    // A file that cannot be read says so when its turn comes.
    const rowCount = await countRows(file).catch(() => undefined);
    if (rowCount !== undefined) send({ kind: 'rowsExpected', file: index, rowCount });
  }
  for (const [index, { file, readBytes }] of opened.entries()) {
    for await (const batch of readFile(file, format)) {
      while (ahead >= IMPORT_LIMITS.piecesAhead) await new Promise<void>((resolve) => (wakeSender = resolve));
      ahead++;
      send({ kind: 'rows', file: index, batch, readBytes: readBytes() }, transferable(batch));
    }
  }
  send({ kind: 'done' });
} catch (thrown) {
  const error = toBraidError(thrown);
  send({ kind: 'failed', error: error.kind, message: error.message });
} finally {
  port.close();
}

function openFile(
  { path, byteLength }: ParserData['files'][number],
  index: number,
): { readonly file: ImportFile; readonly readBytes: () => number } {
  let furthest = 0;
  const read = (from: number, to: number) => {
    furthest = Math.max(furthest, to);
    const id = nextRead++;
    const pending = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
    reads.set(id, pending);
    send({ kind: 'read', file: index, from, to, id });
    return pending.promise;
  };
  return { file: { path, byteLength, read }, readBytes: () => furthest };
}

function send(message: ParserMessage, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

/** Buffers that a column has to itself move instead of being copied. */
function transferable(batch: ColumnBatch): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const column of batch.columns.values()) {
    for (const array of arraysOf(column)) {
      const isOwn = array.byteLength === array.buffer.byteLength && array.buffer instanceof ArrayBuffer;
      // Small ones may be of Node's shared pool, which cannot move.
      if (isOwn && array.byteLength > Buffer.poolSize) buffers.add(array.buffer as ArrayBuffer);
    }
  }
  return [...buffers];
}

function arraysOf(column: Column): readonly ArrayBufferView[] {
  const own: ArrayBufferView[] =
    column.kind === 'fixed'
      ? [column.values]
      : column.kind === 'bytes'
        ? [column.offsets, column.bytes]
        : [column.data];
  return column.valid ? [...own, column.valid] : own;
}
