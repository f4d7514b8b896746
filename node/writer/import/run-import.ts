import type { CollectionRecord } from '../../../core/catalog.ts';
import type { Column, ColumnBatch } from '../../../core/columns/column.ts';
import { fixedColumn, gatherColumn } from '../../../core/columns/column-operations.ts';
import { BraidError } from '../../../core/errors.ts';
import type { ImportJobRecord } from '../../../core/import-job.ts';
import { splitByPartition } from '../../../core/rows/split-by-partition.ts';
import { primaryField } from '../../../core/schema/collection-schema.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import type { BuiltSegment } from '../../builder/build-segment.ts';
import { parseImport } from '../../builder/import/import-parser.ts';
import { ImportSegments } from '../../builder/import/import-segments.ts';
import { checkPartition } from '../check-rows.ts';
import { publish } from '../publish.ts';
import type { WritableCollection } from '../writable-collection.ts';
import { requireCollection, type WriterContext } from '../writer-context.ts';
import { checkOptions } from './import-options.ts';
import type { ImportProgress } from './import-progress.ts';

/**
 * Reads the files of a job, builds segments of their rows and publishes all of them, and the job's end, in one transaction. Until then nobody sees a row; if it throws, nobody ever
 * will. The rows count as inserted when they are published: deletes before do not touch them.
 */
export async function runImport(
  context: WriterContext,
  job: ImportJobRecord,
  progress: ImportProgress,
): Promise<ImportJobRecord> {
  const { storage, settings, ids, oracle, segmentStore } = context;
  const collection = requireCollection(context, job.collectionId);
  const { record } = collection;
  const { schema, indexes } = record;
  const { timeoutMs, separator, nullText } = checkOptions(job.options);
  const signal = signalOf(context.signal, timeoutMs);
  const { segmentRowsMax, segmentBytesMax } = settings;
  await using segments = new ImportSegments({
    store: segmentStore,
    collectionId: job.collectionId,
    schema,
    indexes,
    timestamp: oracle.next(),
    newId: () => ids.next(),
    segmentRowsMax,
    segmentBytesMax,
    signal,
    written: (rowCount) => progress.written(rowCount),
  });
  const givesAutoId = record.properties['allow_insert_auto_id']?.toLowerCase() === 'true';
  const rows = parseImport({
    storage,
    paths: job.files.map((file) => file.path),
    format: { schema, givesAutoId, timezone: record.properties['timezone'], separator, nullText },
    signal,
    opened: (file, byteLength) => progress.opened(file, byteLength),
    rowsExpected: (file, rowCount) => progress.rowsExpected(file, rowCount),
  });
  for await (const { file, batch, readBytes } of rows) {
    if (collection.isDropped) throw dropped(record);
    progress.read(file, batch.rowCount, readBytes);
    const full = withKeys(context, record, batch);
    for (const [partitionId, part] of partsOf(record, job.partitionId, full)) await segments.append(partitionId, part);
  }
  // Awaited here: the segments are given up when this function ends.
  return await publishAll(context, collection, { job, built: await segments.finish(), progress });
}

async function publishAll(
  context: WriterContext,
  collection: WritableCollection,
  outcome: {
    readonly job: ImportJobRecord;
    readonly built: readonly BuiltSegment[];
    readonly progress: ImportProgress;
  },
): Promise<ImportJobRecord> {
  const { job, built, progress } = outcome;
  const completed: ImportJobRecord = {
    ...job,
    state: 'completed',
    files: progress.files,
    rowCount: progress.rowCount,
    segmentIds: built.map(({ record }) => record.id),
    endedAtMs: context.clock.nowMs(),
  };
  await collection.publishing.run(async () => {
    if (collection.isDropped) throw dropped(collection.record);
    for (const { record } of built) checkPartition(collection.record, record.partitionId);
    const deletesAppliedTimestamp = context.queue.settledTimestamp();
    await publish(context, collection, {
      addSegments: built.map(({ record }) => ({ ...record, deletesAppliedTimestamp })),
      retireSegmentIds: [],
      leaving: [],
      changes: [{ kind: 'putImportJob', job: completed }],
    });
  });
  return completed;
}

/** Assigned keys are timestamps, as those of inserts: they grow in the order of the rows and are never used again. */
function withKeys({ oracle }: WriterContext, { schema }: CollectionRecord, batch: ColumnBatch): ColumnBatch {
  const field = primaryField(schema);
  if (batch.columns.has(field.id)) return batch;
  if (field.dataType !== DataType.Int64) {
    throw new BraidError('parameterInvalid', `primary key ${field.name} is missing and cannot be assigned`);
  }
  const first = oracle.next(batch.rowCount);
  const keys = BigInt64Array.from({ length: batch.rowCount }, (_, row) => first + BigInt(row));
  return { ...batch, columns: new Map([...batch.columns, [field.id, fixedColumn(DataType.Int64, keys)]]) };
}

function* partsOf(
  collection: CollectionRecord,
  partitionId: number,
  batch: ColumnBatch,
): Generator<readonly [number, ColumnBatch]> {
  if (partitionId !== 0) {
    yield [partitionId, batch];
    return;
  }
  for (const { id, rows } of splitByPartition(collection, batch.columns)) {
    const columns = new Map<number, Column>();
    for (const [fieldId, column] of batch.columns) columns.set(fieldId, gatherColumn(column, rows));
    yield [id, { rowCount: rows.length, columns }];
  }
}

function signalOf(closing: AbortSignal, timeoutMs: number | undefined): AbortSignal {
  if (timeoutMs === undefined) return closing;
  const timeout = new AbortController();
  const reason = new BraidError('deadlineExceeded', `the import took longer than its timeout of ${timeoutMs} ms`);
  setTimeout(() => timeout.abort(reason), timeoutMs).unref();
  return AbortSignal.any([closing, timeout.signal]);
}

function dropped({ name }: CollectionRecord): BraidError {
  return new BraidError('collectionNotFound', `collection ${name} was dropped while rows were imported into it`);
}
