import { Worker } from 'node:worker_threads';
import type { ColumnBatch } from '../../../core/columns/column.ts';
import { BraidError, toBraidError } from '../../../core/errors.ts';
import type { ObjectStorage, OpenedFile } from '../../../plugins/storage/storage.ts';
import type { ImportFormat } from './import-file.ts';
import type { ParserData, ParserMessage, ParserReply } from './import-messages.ts';
import { IMPORT_LIMITS } from './limits.ts';

/** Rows of one file, in its order, checked against the schema. */
export interface ParsedRows {
  /** Place of the file in the job. */
  readonly file: number;
  readonly batch: ColumnBatch;
  readonly readBytes: number;
}

export interface ParseOptions {
  readonly storage: Pick<ObjectStorage, 'openFile'>;
  readonly paths: readonly string[];
  readonly format: ImportFormat;
  readonly signal: AbortSignal;
  /** Called for every file before the first rows. */
  readonly opened: (file: number, byteLength: number) => void;
  /** Called for files that say how many rows they have. */
  readonly rowsExpected: (file: number, rowCount: number) => void;
}

/**
 * Parses files of the storage on a thread of its own, a bounded number of rows ahead of who takes them. Throws what is wrong with a file, a row or the
 * storage; leaving the iteration ends the thread.
 */
export async function* parseImport(options: ParseOptions): AsyncGenerator<ParsedRows> {
  const { storage, paths, format, signal } = options;
  await using stack = new AsyncDisposableStack();
  const files: OpenedFile[] = [];
  for (const path of paths) files.push(stack.use(await storage.openFile(path)));
  for (const [index, { byteLength }] of files.entries()) options.opened(index, byteLength);
  const data: ParserData = { format, files: paths.map((path, i) => ({ path, byteLength: files[i]!.byteLength })) };
  const worker = new Worker(new URL('./parser-thread.ts', import.meta.url), {
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: IMPORT_LIMITS.parserHeapMb },
  });
  stack.defer(async () => void (await worker.terminate()));
  const inbox = new Inbox();
  worker.on('message', (message: ParserMessage) => {
    if (message.kind === 'read') void answerRead(worker, files[message.file]!, message);
    else inbox.put(message);
  });
  worker.on('error', (error) => inbox.fail(parserFailure(error)));
  worker.on('exit', () => inbox.fail(new BraidError('internal', 'the thread that parses ended early')));
  const stop = () => inbox.fail(toBraidError(signal.reason));
  signal.addEventListener('abort', stop, { once: true });
  stack.defer(() => signal.removeEventListener('abort', stop));
  signal.throwIfAborted();
  for (;;) {
    const message = await inbox.take();
    switch (message.kind) {
      case 'rows':
        yield message;
        reply(worker, { kind: 'taken' });
        break;
      case 'rowsExpected':
        options.rowsExpected(message.file, message.rowCount);
        break;
      case 'failed':
        throw new BraidError(message.error, message.message);
      case 'done':
        return;
    }
  }
}

async function answerRead(
  worker: Worker,
  file: OpenedFile,
  { id, from, to }: Extract<ParserMessage, { kind: 'read' }>,
): Promise<void> {
  try {
    const bytes = await file.read(from, to);
    reply(worker, { kind: 'bytes', id, bytes }, [bytes.buffer]);
  } catch (thrown) {
    const error = toBraidError(thrown);
    reply(worker, { kind: 'unreadable', id, error: error.kind, message: error.message });
  }
}

function reply(worker: Worker, message: ParserReply, transfer: ArrayBuffer[] = []): void {
  worker.postMessage(message, transfer);
}

function parserFailure(error: Error): BraidError {
  const isMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  if (!isMemory) return new BraidError('internal', `the thread that parses failed: ${error.message}`, { cause: error });
  const message = `parsing needs more than ${IMPORT_LIMITS.parserHeapMb} MB: write the file with smaller row groups`;
  return new BraidError('memoryLimitExceeded', message, { cause: error });
}

type Delivered = Exclude<ParserMessage, { kind: 'read' }>;

/** Messages of the thread in their order; a failure comes after those that were there before. */
class Inbox {
  readonly #messages: Delivered[] = [];
  #failure: BraidError | undefined;
  #wake: (() => void) | undefined;

  put(message: Delivered): void {
    this.#messages.push(message);
    this.#wake?.();
  }

  fail(error: BraidError): void {
    this.#failure ??= error;
    this.#wake?.();
  }

  async take(): Promise<Delivered> {
    for (;;) {
      const message = this.#messages.shift();
      if (message) return message;
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
