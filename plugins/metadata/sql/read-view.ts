import type { View } from '../../../core/catalog.ts';
import { decodeInteger, decodeTimestamp } from './columns.ts';
import { rowToDeleteFile } from './delete-file-row.ts';
import { rowToSegment } from './segment-row.ts';
import { mapInSlices } from './slices.ts';
import type { Transactions } from './transactions.ts';

/** One query per table in one snapshot; decoding comes after it, so that the snapshot is short. */
export async function readView(transactions: Transactions, collectionId: number): Promise<View | undefined> {
  const snapshot = await transactions.read(async (sql) => {
    const view = await sql
      .selectFrom('braid_views')
      .select(['version', 'sealed_timestamp'])
      .where('collection_id', '=', collectionId)
      .executeTakeFirst();
    if (!view) return undefined;
    const segments = await sql
      .selectFrom('braid_segments')
      .selectAll()
      .where('collection_id', '=', collectionId)
      .where('retired_version', 'is', null)
      .orderBy('id')
      .execute();
    const deleteFiles = await sql
      .selectFrom('braid_delete_files')
      .selectAll()
      .where('collection_id', '=', collectionId)
      .where('retired_version', 'is', null)
      .orderBy('id')
      .execute();
    return { view, segments, deleteFiles };
  });
  if (!snapshot) return undefined;
  const { view } = snapshot;
  return {
    collectionId,
    version: decodeInteger(view.version, 'braid_views.version'),
    segments: await mapInSlices(snapshot.segments, rowToSegment),
    deleteFiles: await mapInSlices(snapshot.deleteFiles, rowToDeleteFile),
    sealedTimestamp: decodeTimestamp(view.sealed_timestamp, 'braid_views.sealed_timestamp'),
  };
}
