import type { SegmentRecord, StoredFile } from '../../../core/catalog.ts';
import { BraidError } from '../../../core/errors.ts';
import { decodeInteger, decodeTimestamp, encodeInteger, encodeKey, encodeTimestamp } from './columns.ts';
import type { SegmentRow } from './tables.ts';

export function segmentToRow(segment: SegmentRecord): SegmentRow {
  return {
    id: encodeInteger(segment.id, 'segment id'),
    collection_id: encodeInteger(segment.collectionId, 'collection id'),
    partition_id: encodeInteger(segment.partitionId, 'partition id'),
    row_count: encodeInteger(segment.rowCount, 'row count'),
    byte_length: encodeInteger(segment.byteLength, 'byte length'),
    prefix: encodeKey(segment.prefix, 'prefix'),
    files: encodeFiles(segment.files),
    schema_version: encodeInteger(segment.schemaVersion, 'schema version'),
    min_timestamp: encodeTimestamp(segment.minTimestamp),
    max_timestamp: encodeTimestamp(segment.maxTimestamp),
    deletes_applied_timestamp: encodeTimestamp(segment.deletesAppliedTimestamp),
    deleted_count: encodeInteger(segment.deletedCount, 'deleted count'),
    compacted_from: JSON.stringify(segment.compactedFrom.map((id) => encodeInteger(id, 'segment id'))),
    created_version: encodeInteger(segment.createdVersion, 'created version'),
    retired_version: segment.retiredVersion ?? null,
    retired_at_ms: segment.retiredAtMs ?? null,
  };
}

export function rowToSegment(row: SegmentRow): SegmentRecord {
  const id = decodeInteger(row.id, 'braid_segments.id');
  const owner = `segment ${id}`;
  return {
    id,
    collectionId: decodeInteger(row.collection_id, `${owner} collection_id`),
    partitionId: decodeInteger(row.partition_id, `${owner} partition_id`),
    rowCount: decodeInteger(row.row_count, `${owner} row_count`),
    byteLength: decodeInteger(row.byte_length, `${owner} byte_length`),
    prefix: row.prefix,
    files: decodeList(row.files, isStoredFile, `${owner} files`),
    schemaVersion: decodeInteger(row.schema_version, `${owner} schema_version`),
    minTimestamp: decodeTimestamp(row.min_timestamp, `${owner} min_timestamp`),
    maxTimestamp: decodeTimestamp(row.max_timestamp, `${owner} max_timestamp`),
    deletesAppliedTimestamp: decodeTimestamp(row.deletes_applied_timestamp, `${owner} deletes_applied_timestamp`),
    deletedCount: decodeInteger(row.deleted_count, `${owner} deleted_count`),
    compactedFrom: decodeList(row.compacted_from, isId, `${owner} compacted_from`),
    createdVersion: decodeInteger(row.created_version, `${owner} created_version`),
    ...(row.retired_version !== null && {
      retiredVersion: decodeInteger(row.retired_version, `${owner} retired_version`),
    }),
    ...(row.retired_at_ms !== null && { retiredAtMs: decodeInteger(row.retired_at_ms, `${owner} retired_at_ms`) }),
  };
}

/** Member by member, in a fixed order: what is stored depends on nothing but these three. */
function encodeFiles(files: readonly StoredFile[]): string {
  return JSON.stringify(
    files.map(({ name, byteLength, crc32c }) => ({
      name,
      byteLength: encodeInteger(byteLength, `byte length of file ${name}`),
      crc32c: encodeInteger(crc32c, `checksum of file ${name}`),
    })),
  );
}

function decodeList<Item>(text: string, isItem: (value: unknown) => value is Item, column: string): readonly Item[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw new BraidError('internal', `metadata is damaged: ${column} cannot be read`, { cause: error });
  }
  if (!Array.isArray(list) || !list.every(isItem)) {
    throw new BraidError('internal', `metadata is damaged: ${column} has the wrong shape`);
  }
  return list;
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isStoredFile(value: unknown): value is StoredFile {
  if (typeof value !== 'object' || value === null) return false;
  const file: Partial<Record<keyof StoredFile, unknown>> = value;
  return typeof file.name === 'string' && Number.isSafeInteger(file.byteLength) && Number.isSafeInteger(file.crc32c);
}
