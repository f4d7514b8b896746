import { isRecord } from '../../core/rows/is-record.ts';

/** What a call is about, as its request says it. */
export interface CallSubject {
  /** Empty: nothing of a collection. */
  readonly collection: string;
  readonly partitions: readonly string[];
  /** With its values. */
  readonly filter: string;
}

/** The same names stand in the messages of gRPC and the bodies of REST, but for the filter: `expr`, `dsl` of searches, `filter` of REST. */
export function subjectOf(request: unknown): CallSubject {
  const fields = isRecord(request) ? request : {};
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
  const names = fields['partitionNames'];
  const partitions = Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [text('partitionName')];
  return {
    collection: text('collectionName'),
    partitions: partitions.filter((name) => name !== ''),
    filter: text('expr') || text('dsl') || text('filter'),
  };
}
