import type { Column } from '../../../core/columns/column.ts';
import { fixedColumn } from '../../../core/columns/column-operations.ts';
import { BraidError } from '../../../core/errors.ts';
import type { Filter, TemplateValue } from '../../../core/filter/filter.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { KeyList } from '../../../core/merge/merge-hits.ts';
import { type FieldSchema, primaryField } from '../../../core/schema/collection-schema.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import type { Timestamp } from '../../../core/timestamps.ts';
import type { KeysMessage, QueryResponse } from '../../../proto/generated/node.ts';
import { arrayFrom, decodeColumn, encodeKeys } from '../../../proto/node-protocol/column-codec.ts';
import { encodeFilter } from '../../../proto/node-protocol/filter-codec.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Answer } from '../../cluster/scatter.ts';
import { gatherField } from './gather-field.ts';
import { mergeRows } from './merge-rows.ts';
import type { ReadTarget } from './plan-read.ts';
import type { ReadConsistency } from './read-consistency.ts';
import { getRouting, type ReadRun, scatterRead, sessionTimestampOf } from './read-run.ts';

/** Rows by filter or by keys. */
export interface RowsRequest {
  readonly target: ReadTarget;
  readonly filter: Filter | undefined;
  readonly templates: ReadonlyMap<string, TemplateValue> | undefined;
  readonly keys: KeyList | undefined;
  readonly offset: number;
  /** 0: all. */
  readonly limit: number;
  readonly countOnly: boolean;
  readonly ignoreGrowing: boolean;
  readonly consistency: ReadConsistency;
  /** Without the primary key. */
  readonly fields: readonly FieldSchema[];
}

export interface RowsFound {
  /** By ascending primary key, each once. */
  readonly keys: Column;
  /** One per field asked for. */
  readonly columns: readonly Column[];
  /** Of `countOnly`: stored rows that pass, doubles counted. */
  readonly count: number;
  readonly sessionTimestamp: Timestamp;
  /** Every write up to here is reflected, whichever node answered. */
  readonly oldestTimestamp: Timestamp;
}

/** Reads rows of all nodes; one node that does not answer fails the read. */
export async function readRows(cluster: Cluster, request: RowsRequest, run: ReadRun): Promise<RowsFound> {
  const { target, offset, limit } = request;
  const routing = await getRouting(cluster, target, request.consistency, run);
  const filter = encodeFilter(request.filter, request.templates);
  const keys = encodeReadKeys(request);
  const outputFieldIds = request.fields.map((field) => field.id);
  const answers = await scatterRead<QueryResponse>(
    cluster,
    'query',
    target,
    routing,
    run,
    (shard, scope, context, signal) =>
      shard.query(
        {
          context,
          scope,
          filter,
          keys,
          limit: limit === 0 ? 0 : offset + limit,
          outputFieldIds,
          countOnly: request.countOnly,
          ignoreGrowing: request.ignoreGrowing,
          aggregation: undefined,
        },
        signal,
      ),
  );
  refuseTooLarge(answers);
  const sessionTimestamp = sessionTimestampOf(answers, target.collection);
  const oldestTimestamp = oldestOf(answers);
  const primary = primaryField(target.collection.schema);
  const count = answers.reduce((sum, { response }) => sum + response.count, 0);
  if (request.countOnly)
    return { keys: gatherField(primary, [], NOTHING), columns: [], count, sessionTimestamp, oldestTimestamp };
  const sources = answers.map(({ response }) => ({
    keys: keyColumnOf(response.keys, primary),
    timestamps: arrayFrom(BigUint64Array, response.timestamps),
  }));
  const startedMs = performance.now();
  const all = await mergeRows(sources, limit === 0 ? 0 : offset + limit, cluster.limits.mergeRowsPerTurn);
  const merged = { lists: all.lists.subarray(offset), rows: all.rows.subarray(offset) };
  const decoded = answers.map(({ response }) => response.columns.map(decodeColumn));
  run.context.notes.phase('do_merge', startedMs);
  return {
    keys: gatherField(
      primary,
      sources.map((source) => source.keys),
      merged,
    ),
    columns: request.fields.map((field, i) =>
      gatherField(
        field,
        decoded.map((columns) => columns[i]),
        merged,
      ),
    ),
    count: merged.rows.length,
    sessionTimestamp,
    oldestTimestamp,
  };
}

/** The keys of a read by keys. */
export function encodeReadKeys({ keys }: RowsRequest): KeysMessage | undefined {
  return keys && encodeKeys(keys);
}

function oldestOf(answers: readonly Answer<QueryResponse>[]): Timestamp {
  const applied = answers.map(({ response }) => response.state?.appliedTimestamp ?? 0n);
  return applied.reduce((oldest, timestamp) => (timestamp < oldest ? timestamp : oldest), applied[0] ?? 0n);
}

const NOTHING = { lists: new Uint32Array(0), rows: new Uint32Array(0) };

function keyColumnOf(message: KeysMessage | undefined, primary: FieldSchema): Column {
  if (message?.text) return decodeColumn(message.text);
  if (primary.dataType === DataType.VarChar) return gatherField(primary, [], NOTHING);
  return fixedColumn(DataType.Int64, arrayFrom(BigInt64Array, message?.int64 ?? new Uint8Array(0)));
}

/** What cannot be sent to the client is refused before it is merged. */
function refuseTooLarge(answers: readonly Answer<QueryResponse>[]): void {
  let bytes = 0;
  for (const { response } of answers) {
    for (const column of response.columns) bytes += column.data.length + column.offsets.length;
  }
  if (bytes <= LIMITS.responseBytesMax) return;
  throw new BraidError(
    'parameterInvalid',
    `query results exceed the maxOutputSize Limit ${LIMITS.responseBytesMax}: use a limit or fewer output fields`,
  );
}
