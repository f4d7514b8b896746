import { stringifyWithBigints } from '../../core/bigint-json.ts';
import { isRecord } from '../../core/rows/is-record.ts';
import { ConsistencyLevel } from '../../proto/generated/milvus/common.ts';

/** What a call is about, as its request says it. */
export interface CallSubject {
  /** Empty: nothing of a collection. */
  readonly collection: string;
  readonly partitions: readonly string[];
  /** With its values. */
  readonly filter: string;
}

/** How a read was asked for, as its request says it. Empty texts: it does not. */
export interface ReadParameters {
  /** By its name in the API. */
  readonly consistencyLevel: string;
  /** JSON of names and values. */
  readonly searchParameters: string;
  readonly queryParameters: string;
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

const CONSISTENCY_LEVELS = new Map<unknown, string>(
  Object.entries(ConsistencyLevel).map(([name, level]) => [level, name]),
);

/** gRPC has pairs (`searchParams`, `queryParams`) and numbers of levels, REST an object, `limit` and `offset`, and names. */
export function readParametersOf(request: unknown): ReadParameters {
  const fields = isRecord(request) ? request : {};
  const { searchParams, queryParams, consistencyLevel: level, limit, offset } = fields;
  const isRestQuery = !('queryParams' in fields) && limit !== undefined;
  return {
    consistencyLevel: typeof level === 'string' ? level : (CONSISTENCY_LEVELS.get(level) ?? ''),
    searchParameters: parametersText(searchParams),
    queryParameters: parametersText(isRestQuery ? { limit, ...(offset !== undefined && { offset }) } : queryParams),
  };
}

function parametersText(parameters: unknown): string {
  if (!Array.isArray(parameters)) return isRecord(parameters) ? stringifyWithBigints(parameters) : '';
  const pairs = parameters.filter(isRecord).map(({ key, value }) => [String(key), value]);
  return pairs.length === 0 ? '' : stringifyWithBigints(Object.fromEntries(pairs));
}
