import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { SegmentRecord, StoredFile } from '../../core/catalog.ts';
import { assert } from '../../core/errors.ts';
import { fieldById } from '../../core/schema/collection-schema.ts';
import type { Timestamp } from '../../core/timestamps.ts';
import { fileChecksum } from './file-checksum.ts';
import { syncFolder, writeFile } from './file-writer.ts';
import type { GrowableVectors } from './growable-vectors.ts';
import type { GrowingSegment } from './growing-segment.ts';
import { KeyOrder } from './key-order.ts';
import { LIMITS } from './limits.ts';
import { createRowBits, offsetsOf } from './row-bits.ts';
import { keyColumnOf } from './segment-contents.ts';
import {
  COLUMNS_FILE,
  DELETES_FILE,
  FORMAT_VERSION,
  MANIFEST_FILE,
  manifestOfIndex,
  PERMUTATION_FILE,
  type SegmentManifest,
  type VectorManifest,
} from './segment-manifest.ts';
import { TimeSlice } from './time-slice.ts';
import { writeColumns } from './write-columns.ts';

/** What a written segment adds to its record; spread it there. The files lie in `folder` under their names, synced to disk. */
export interface WrittenSegment
  extends Pick<
    SegmentRecord,
    | 'rowCount'
    | 'byteLength'
    | 'files'
    | 'schemaVersion'
    | 'minTimestamp'
    | 'maxTimestamp'
    | 'deletesAppliedTimestamp'
    | 'deletedCount'
  > {
  readonly folder: string;
}

export interface WriteSegmentOptions {
  /** The deletes applied to the segment when the call begins; the mask is taken then, in the caller's turn. */
  readonly deletesAppliedTimestamp: Timestamp;
  /** Native threads that build indexes; default: the addon's. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/**
 * Writes a frozen growing segment as the files of a sealed one (FORMAT.md) into `folder`, which is made if it is missing. Rows still outside the
 * indexes are brought in first. Deletes that arrive meanwhile are not in the files: they are younger than `deletesAppliedTimestamp`.
 * On an error the files that are there are no segment; the caller removes the folder.
 */
export async function writeSegment(
  source: GrowingSegment,
  folder: string,
  options: WriteSegmentOptions,
): Promise<WrittenSegment> {
  assert(source.isFrozen, `segment ${source.id} is frozen before it is written`);
  assert(source.rowCount > 0, `segment ${source.id} has rows to write`);
  // What is written is of one schema, whatever comes meanwhile.
  const { schema } = source;
  using alive = source.snapshot();
  const deleted = source.mask.share();
  const deletedCount = source.mask.count;
  const { signal } = options;

  await alive.ready();
  await mkdir(folder, { recursive: true });
  const permutation = await sortKeys(source, signal);
  const files: StoredFile[] = [
    await writeColumns(join(folder, COLUMNS_FILE), source, schema, signal),
    await writeFile(join(folder, PERMUTATION_FILE), bytesOf(permutation.offsets)),
    await writeFile(join(folder, DELETES_FILE), deletedRows(deleted, source.rowCount)),
  ];
  const vectors: VectorManifest[] = [];
  for (const field of source.vectors.values()) {
    if (!fieldById(schema, field.field.id)) continue;
    const written = await writeVectors(field, folder, options);
    files.push(...written.files);
    vectors.push(written.manifest);
  }
  const manifest: SegmentManifest = {
    formatVersion: FORMAT_VERSION,
    segmentId: source.id,
    partitionId: source.partitionId,
    rowCount: source.rowCount,
    rowsPerBatch: LIMITS.chunkRows,
    deletedCount,
    hasDuplicateKeys: permutation.hasDuplicateKeys,
    schemaVersion: schema.version,
    minTimestamp: String(source.minTimestamp),
    maxTimestamp: String(source.maxTimestamp),
    deletesAppliedTimestamp: String(options.deletesAppliedTimestamp),
    fields: schema.fields.map(({ id, name, dataType, isPrimaryKey, nullable }) => {
      return { id, name, dataType, isPrimaryKey, nullable };
    }),
    vectors,
    files,
  };
  const text = new TextEncoder().encode(JSON.stringify(manifest, undefined, 2));
  files.push(await writeFile(join(folder, MANIFEST_FILE), text));
  await syncFolder(folder);
  return {
    folder,
    files,
    byteLength: files.reduce((sum, file) => sum + file.byteLength, 0),
    rowCount: source.rowCount,
    schemaVersion: schema.version,
    minTimestamp: source.minTimestamp,
    maxTimestamp: source.maxTimestamp,
    deletesAppliedTimestamp: options.deletesAppliedTimestamp,
    deletedCount,
  };
}

async function sortKeys(source: GrowingSegment, signal: AbortSignal | undefined) {
  const order = new KeyOrder(keyColumnOf(source), source.timestamps);
  const slice = new TimeSlice(signal);
  const everyRow = offsetsOf({ count: source.rowCount, bits: undefined }, source.rowCount);
  const offsets = await order.sort(everyRow, slice);
  // Deletes only ever grow: doubles whose older rows are masked stay no doubles.
  const hasDuplicateKeys = source.hasDuplicateKeys && (await hasLiveDoubles(source, order, offsets, slice));
  return { offsets, hasDuplicateKeys };
}

async function hasLiveDoubles(
  source: GrowingSegment,
  order: KeyOrder,
  offsets: Uint32Array,
  slice: TimeSlice,
): Promise<boolean> {
  let last = -1;
  for (let i = 0; i < offsets.length; i++) {
    if (i % LIMITS.deletesPerTurn === 0 && slice.isOver()) await slice.next();
    const offset = offsets[i]!;
    if (source.mask.has(offset)) continue;
    if (last >= 0 && order.sameKey(last, offset)) return true;
    last = offset;
  }
  return false;
}

async function writeVectors(
  vectors: GrowableVectors,
  folder: string,
  options: WriteSegmentOptions,
): Promise<{ readonly files: StoredFile[]; readonly manifest: VectorManifest }> {
  // Also where all rows are in: the call that brought them in may not have come back, and a store is not saved under it.
  do await vectors.index(options.threads, true);
  while (vectors.indexedCount < vectors.store.rowCount);
  const { field, metric, settings } = vectors;
  const saved = await vectors.store.save(join(folder, String(field.id)));
  const files: StoredFile[] = [];
  for (const { path } of saved) {
    files.push({ name: basename(path), ...(await fileChecksum(path, options.signal)) });
  }
  const { dimensions, scalar, index } = settings.store;
  const manifest = { fieldId: field.id, dimensions, scalar, metricType: metric };
  return { files, manifest: index ? { ...manifest, ...manifestOfIndex(index, scalar) } : manifest };
}

/** Exactly one bit per row. */
function deletedRows(deleted: Uint8Array | undefined, rowCount: number): Uint8Array {
  const bits = createRowBits(rowCount);
  if (deleted) bits.set(deleted.subarray(0, bits.length));
  return bits.subarray(0, (rowCount + 7) >>> 3);
}

function bytesOf(array: Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
