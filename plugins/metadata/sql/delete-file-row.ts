import type { DeleteFileRecord } from '../../../core/catalog.ts';
import { decodeInteger, decodeTimestamp, encodeInteger, encodeKey, encodeTimestamp } from './columns.ts';
import type { DeleteFileRow } from './tables.ts';

export function deleteFileToRow(file: DeleteFileRecord): DeleteFileRow {
  return {
    id: encodeInteger(file.id, 'delete file id'),
    collection_id: encodeInteger(file.collectionId, 'collection id'),
    from_timestamp: encodeTimestamp(file.fromTimestamp),
    to_timestamp: encodeTimestamp(file.toTimestamp),
    delete_count: encodeInteger(file.count, 'delete count'),
    object_name: encodeKey(file.object.name, 'object name'),
    object_byte_length: encodeInteger(file.object.byteLength, 'byte length'),
    object_crc32c: encodeInteger(file.object.crc32c, 'checksum'),
    retired_version: null,
    retired_at_ms: null,
  };
}

export function rowToDeleteFile(row: DeleteFileRow): DeleteFileRecord {
  const id = decodeInteger(row.id, 'braid_delete_files.id');
  const owner = `delete file ${id}`;
  return {
    id,
    collectionId: decodeInteger(row.collection_id, `${owner} collection_id`),
    fromTimestamp: decodeTimestamp(row.from_timestamp, `${owner} from_timestamp`),
    toTimestamp: decodeTimestamp(row.to_timestamp, `${owner} to_timestamp`),
    count: decodeInteger(row.delete_count, `${owner} delete_count`),
    object: {
      name: row.object_name,
      byteLength: decodeInteger(row.object_byte_length, `${owner} object_byte_length`),
      crc32c: decodeInteger(row.object_crc32c, `${owner} object_crc32c`),
    },
  };
}
