import { type FileHandle, open } from 'node:fs/promises';
import { LOG_LIMITS } from './limits.ts';
import type { LogFile } from './log-folder.ts';
import {
  checkFileHeader,
  FILE_HEADER_BYTES,
  isRecordIntact,
  RECORD_HEADER_BYTES,
  recordPayloadBytes,
  recordPlaceInBatch,
  recordSequence,
  termChecksum,
} from './record-format.ts';

export interface FileRecord {
  readonly sequence: number;
  /** A view of a larger buffer. */
  readonly payload: Uint8Array;
}

/** Where the intact records of a file end. */
export interface FileEnd {
  /** Of the record that would come next. */
  readonly nextSequence: number;
  readonly offset: number;
  /** Length of the file; more than `offset` when something follows that is no intact record. */
  readonly fileBytes: number;
  /** What is wrong at `offset`, in words. */
  readonly problem: string | undefined;
  /**
   * Offset of an intact record that proves that the bytes at `offset` were durable once: then they are damaged. Otherwise they are the tail of a write that
   * a crash cut short.
   */
  readonly provenBy: number | undefined;
}

/** Reads a log file from its beginning, record by record, and tells how it ends. Allocates no more than the file holds. */
export class FileReader implements AsyncDisposable {
  readonly #file: LogFile;
  readonly #window: FileWindow;
  readonly #checksumOfTerm: number;
  #nextSequence: number;
  #offset = 0;
  #problem: string | undefined;

  private constructor(file: LogFile, window: FileWindow) {
    this.#file = file;
    this.#window = window;
    this.#checksumOfTerm = termChecksum(file.term);
    this.#nextSequence = file.firstSequence;
  }

  static async open(file: LogFile): Promise<FileReader> {
    const handle = await open(file.path, 'r');
    return new FileReader(file, new FileWindow(handle, (await handle.stat()).size));
  }

  /** The next intact record; undefined from the end of them on. */
  async next(): Promise<FileRecord | undefined> {
    if (this.#offset === 0) await this.#readHeader();
    if (this.#problem !== undefined || this.#offset === this.#window.fileBytes) return undefined;
    const record = await readRecord(this.#window, this.#offset, this.#nextSequence, this.#checksumOfTerm);
    if (typeof record === 'string') {
      this.#problem = record;
      return undefined;
    }
    this.#offset += RECORD_HEADER_BYTES + record.length;
    this.#nextSequence += 1;
    return { sequence: this.#nextSequence - 1, payload: record };
  }

  /** To be asked when there is no next record. */
  async end(): Promise<FileEnd> {
    const provenBy =
      this.#problem === undefined
        ? undefined
        : await findProof(this.#window, this.#offset, this.#nextSequence, this.#checksumOfTerm);
    return {
      nextSequence: this.#nextSequence,
      offset: this.#offset,
      fileBytes: this.#window.fileBytes,
      problem: this.#problem,
      provenBy,
    };
  }

  async #readHeader(): Promise<void> {
    const header = (await this.#window.take(0, FILE_HEADER_BYTES)) ?? Buffer.alloc(0);
    this.#problem = checkFileHeader(header, this.#file.term, this.#file.firstSequence);
    if (this.#problem === undefined) this.#offset = FILE_HEADER_BYTES;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#window[Symbol.asyncDispose]();
  }
}

/** The payload at `offset`, or what is wrong with it. */
async function readRecord(
  window: FileWindow,
  offset: number,
  sequence: number,
  checksumOfTerm: number,
): Promise<Buffer | string> {
  const header = await window.take(offset, RECORD_HEADER_BYTES);
  if (header === undefined) return 'the header of a record is cut';
  const payloadBytes = recordPayloadBytes(header);
  const found = recordSequence(header);
  if (found !== sequence) return `sequence ${found} stands where ${sequence} is due`;
  if (payloadBytes > LOG_LIMITS.recordBytesMax)
    return `a record claims ${payloadBytes} bytes, the limit is ${LOG_LIMITS.recordBytesMax}`;
  const record = await window.take(offset, RECORD_HEADER_BYTES + payloadBytes);
  if (record === undefined) return 'the payload of a record is cut';
  const payload = record.subarray(RECORD_HEADER_BYTES);
  return isRecordIntact(record.subarray(0, RECORD_HEADER_BYTES), payload, checksumOfTerm)
    ? payload
    : 'the checksum of a record is wrong';
}

/** Looks at every offset after a bad record for an intact one of a later batch than the bad one can have been in. */
async function findProof(
  window: FileWindow,
  badOffset: number,
  badSequence: number,
  checksumOfTerm: number,
): Promise<number | undefined> {
  // Between the bad record and a later one there cannot be more records than bytes for their headers.
  const sequenceMax = badSequence + Math.ceil((window.fileBytes - badOffset) / RECORD_HEADER_BYTES);
  let chunkStart = badOffset;
  while (chunkStart + RECORD_HEADER_BYTES <= window.fileBytes) {
    const chunkBytes = Math.min(LOG_LIMITS.readChunkBytes, window.fileBytes - chunkStart);
    const chunk = await window.take(chunkStart, chunkBytes);
    if (chunk === undefined) return undefined;
    const places = chunkBytes - RECORD_HEADER_BYTES + 1;
    for (let place = 0; place < places; place++) {
      const sequence = recordSequence(chunk, place);
      if (sequence <= badSequence || sequence > sequenceMax) continue;
      if (sequence - recordPlaceInBatch(chunk, place) <= badSequence) continue;
      const found = await readRecord(window, chunkStart + place, sequence, checksumOfTerm);
      if (typeof found !== 'string') return chunkStart + place;
    }
    chunkStart += places;
  }
  return undefined;
}

/** Reads a file through a buffer. Buffers are never used twice, so that views of them stay valid. */
class FileWindow implements AsyncDisposable {
  readonly fileBytes: number;
  readonly #handle: FileHandle;
  #chunk: Buffer = Buffer.alloc(0);
  #chunkStart = 0;

  constructor(handle: FileHandle, fileBytes: number) {
    this.#handle = handle;
    this.fileBytes = fileBytes;
  }

  /** Undefined where the file ends before. */
  async take(offset: number, byteLength: number): Promise<Buffer | undefined> {
    const end = offset + byteLength;
    if (end > this.fileBytes) return undefined;
    if (offset < this.#chunkStart || end > this.#chunkStart + this.#chunk.length) await this.#fill(offset, byteLength);
    const start = offset - this.#chunkStart;
    return start + byteLength > this.#chunk.length ? undefined : this.#chunk.subarray(start, start + byteLength);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }

  async #fill(offset: number, byteLength: number): Promise<void> {
    const wanted = Math.min(Math.max(byteLength, LOG_LIMITS.readChunkBytes), this.fileBytes - offset);
    const chunk = Buffer.allocUnsafeSlow(wanted);
    let filled = 0;
    while (filled < wanted) {
      const { bytesRead } = await this.#handle.read(chunk, filled, wanted - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    this.#chunk = chunk.subarray(0, filled);
    this.#chunkStart = offset;
  }
}
