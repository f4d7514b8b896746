/** Bulk imports as they are stored: one record per job, so that its outcome is known after a restart. */

/** A file of a job, by its path below the folder of the storage. */
export interface ImportFileRecord {
  readonly path: string;
  /** 0 until the job has looked at the file. */
  readonly byteLength: number;
  /** Rows in it; 0 until it was read. */
  readonly rowCount: number;
}

/** `pending` waits, `importing` runs (or did when the writer went down: it then begins again). */
export type ImportJobState = 'pending' | 'importing' | 'completed' | 'failed';

export interface ImportJobRecord {
  readonly id: number;
  readonly collectionId: number;
  /** 0: by the partition key of each row. */
  readonly partitionId: number;
  readonly files: readonly ImportFileRecord[];
  /** As the client sent them: `timeout`, `sep`, `nullkey`; others are kept and mean nothing. */
  readonly options: Readonly<Record<string, string>>;
  readonly state: ImportJobState;
  /** Why it failed; empty otherwise. */
  readonly reason: string;
  /** Rows that were imported; 0 unless it is completed. */
  readonly rowCount: number;
  /** Of the rows, once it is completed. */
  readonly segmentIds: readonly number[];
  readonly createdAtMs: number;
  /** When it was completed or failed; 0 before. */
  readonly endedAtMs: number;
}
