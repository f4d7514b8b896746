import type { CatalogChange } from '../metadata.ts';
import { inBatches } from './batches.ts';
import { encodeInteger, encodeTimestamp } from './columns.ts';
import { deleteFileToRow } from './delete-file-row.ts';
import { findView } from './find-view.ts';
import { segmentToRow } from './segment-row.ts';
import type { Sql } from './transactions.ts';

type Publish = Extract<CatalogChange, { kind: 'publish' }>;

/** Makes the next view of a collection. Inputs are retired before outputs are added; both appear at once, with the commit. */
export async function publish(sql: Sql, change: Publish): Promise<void> {
  const { collectionId } = change;
  const view = await findView(sql, collectionId);
  const version = view.version + 1;
  await retire(sql, 'braid_segments', { change, version, ids: change.retireSegmentIds });
  await retire(sql, 'braid_delete_files', { change, version, ids: change.retireDeleteFileIds });
  await addSegments(sql, change, version);
  await addDeleteFiles(sql, change);
  const sealed = change.sealedTimestamp ?? 0n;
  await sql
    .updateTable('braid_views')
    .set({
      version,
      ...(sealed > view.sealedTimestamp && { sealed_timestamp: encodeTimestamp(sealed) }),
      ...(change.checkpoint && {
        checkpoint_position: change.checkpoint.position,
        checkpoint_timestamp: encodeTimestamp(change.checkpoint.timestamp),
      }),
    })
    .where('collection_id', '=', collectionId)
    .execute();
}

async function retire(
  sql: Sql,
  table: 'braid_segments' | 'braid_delete_files',
  retirement: { readonly change: Publish; readonly version: number; readonly ids: readonly number[] },
): Promise<void> {
  const { change, version } = retirement;
  const columns = { retired_version: version, retired_at_ms: encodeInteger(change.atMs, 'time of retirement') };
  for (const ids of inBatches([...new Set(retirement.ids)])) {
    const { numUpdatedRows } = await sql
      .updateTable(table)
      .set(columns)
      .where('collection_id', '=', change.collectionId)
      .where('retired_version', 'is', null)
      .where('id', 'in', ids)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows !== BigInt(ids.length)) {
      throw new Error(
        `${ids.length - Number(numUpdatedRows)} of the ids ${ids.join(', ')} to retire are not in the view of collection ${change.collectionId}`,
      );
    }
  }
}

async function addSegments(sql: Sql, change: Publish, createdVersion: number): Promise<void> {
  for (const segment of change.addSegments) assertOwner(change, segment);
  for (const segments of inBatches(change.addSegments)) {
    const rows = segments.map(({ retiredVersion, retiredAtMs, ...segment }) =>
      segmentToRow({ ...segment, createdVersion }),
    );
    await sql.insertInto('braid_segments').values(rows).execute();
  }
}

async function addDeleteFiles(sql: Sql, change: Publish): Promise<void> {
  for (const file of change.addDeleteFiles) assertOwner(change, file);
  for (const files of inBatches(change.addDeleteFiles)) {
    await sql.insertInto('braid_delete_files').values(files.map(deleteFileToRow)).execute();
  }
}

function assertOwner(change: Publish, record: { readonly id: number; readonly collectionId: number }): void {
  if (record.collectionId === change.collectionId) return;
  throw new Error(`${record.id} belongs to collection ${record.collectionId}, not to ${change.collectionId}`);
}
