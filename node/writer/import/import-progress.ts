import type { ImportFileRecord, ImportJobRecord } from '../../../core/import-job.ts';
import type { ImportFileMessage, ImportJobMessage } from '../../../proto/generated/node.ts';

/** Reading and writing each count for half of a job's progress. */
const READING_SHARE = 0.5;

interface FileProgress {
  readonly path: string;
  byteLength: number;
  readBytes: number;
  rowCount: number;
  expectedRows: number;
}

/** How far one import is, while it runs; it is forgotten with the process. */
export class ImportProgress {
  readonly #files: readonly FileProgress[];
  #writtenRows = 0;

  constructor(job: ImportJobRecord) {
    this.#files = job.files.map(({ path }) => ({ path, byteLength: 0, readBytes: 0, rowCount: 0, expectedRows: 0 }));
  }

  get rowCount(): number {
    return this.#files.reduce((sum, file) => sum + file.rowCount, 0);
  }

  /** For the record of the job. */
  get files(): readonly ImportFileRecord[] {
    return this.#files.map(({ path, byteLength, rowCount }) => ({ path, byteLength, rowCount }));
  }

  opened(file: number, byteLength: number): void {
    this.#files[file]!.byteLength = byteLength;
  }

  rowsExpected(file: number, rowCount: number): void {
    this.#files[file]!.expectedRows = rowCount;
  }

  read(file: number, rowCount: number, readBytes: number): void {
    const progress = this.#files[file]!;
    progress.rowCount += rowCount;
    progress.readBytes = Math.max(progress.readBytes, readBytes);
  }

  written(rowCount: number): void {
    this.#writtenRows += rowCount;
  }

  /** 0 to 99: only the published job is at 100. */
  get percent(): number {
    let bytes = 0;
    let readBytes = 0;
    for (const file of this.#files) {
      bytes += file.byteLength;
      readBytes += readBytesOf(file);
    }
    const readShare = bytes === 0 ? 0 : readBytes / bytes;
    const writtenShare = this.rowCount === 0 ? 0 : (readShare * this.#writtenRows) / this.rowCount;
    return Math.min(99, Math.floor(100 * (READING_SHARE * readShare + (1 - READING_SHARE) * writtenShare)));
  }

  get fileMessages(): ImportFileMessage[] {
    return this.#files.map((file) => ({
      path: file.path,
      byteLength: file.byteLength,
      readBytes: readBytesOf(file),
      rowCount: file.rowCount,
      totalRowCount: Math.max(file.expectedRows, file.rowCount),
    }));
  }
}

/** The footer of a file is read first, so rows tell more than bytes where their number is known. */
function readBytesOf({ byteLength, readBytes, rowCount, expectedRows }: FileProgress): number {
  return expectedRows > 0 ? Math.floor((byteLength * rowCount) / expectedRows) : readBytes;
}

/** A job as routers are told of it; `progress` while it runs. */
export function importJobMessage(job: ImportJobRecord, progress: ImportProgress | undefined): ImportJobMessage {
  const { id, collectionId, partitionId, state, reason, segmentIds, createdAtMs, endedAtMs } = job;
  const files = job.files.map(({ path, byteLength, rowCount }) => {
    return { path, byteLength, readBytes: byteLength, rowCount, totalRowCount: rowCount };
  });
  return {
    jobId: id,
    collectionId,
    partitionId,
    state,
    reason,
    progress: state === 'completed' ? 100 : (progress?.percent ?? 0),
    rowCount: progress?.rowCount ?? job.rowCount,
    segmentIds: [...segmentIds],
    createdAtMs,
    endedAtMs,
    files: progress?.fileMessages ?? files,
  };
}
