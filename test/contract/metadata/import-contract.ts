import { expect, test } from 'vitest';
import type { CompactionJobRecord } from '../../../core/compaction-job.ts';
import type { ImportJobRecord } from '../../../core/import-job.ts';
import type { MetadataSubject } from '../metadata-contract.ts';
import { lead, publication } from './records.ts';

export function importContract(subject: MetadataSubject): void {
  test('jobs are stored, replaced, read in order and forgotten', async () => {
    const store = await subject.open();
    const { apply } = await lead(store);
    const first = job(7);
    const second = { ...job(8), state: 'failed', reason: 'file "ä.json": row 3', endedAtMs: 12.5 } as const;
    await apply({ kind: 'putImportJob', job: second }, { kind: 'putImportJob', job: first });
    const completed = { ...first, state: 'completed', rowCount: 5, segmentIds: [3, 2 ** 40], endedAtMs: 9 } as const;
    await apply({ kind: 'putImportJob', job: completed });
    const other = await subject.open();
    expect(await other.readImportJobs()).toEqual([completed, second]);
    await apply({ kind: 'forgetImportJobs', ids: [7, 99] });
    expect(await other.readImportJobs()).toEqual([second]);
  });

  test('compaction jobs are stored, replaced, read in order and forgotten', async () => {
    const store = await subject.open();
    const { apply } = await lead(store);
    const plan = {
      partitionId: 4,
      segmentIds: [5, 2 ** 40],
      reason: 'small',
      state: 'executing',
      targetId: 0,
      error: '',
    };
    const first = { id: 7, collectionId: 3, plans: [plan] } as CompactionJobRecord;
    const second = {
      id: 8,
      collectionId: 3,
      plans: [{ ...plan, state: 'failed', error: 'no "ä"' }],
    } as CompactionJobRecord;
    await apply({ kind: 'putCompactionJob', job: second }, { kind: 'putCompactionJob', job: first });
    const completed = { ...first, plans: [{ ...plan, state: 'completed', targetId: 9 }] } as CompactionJobRecord;
    await apply({ kind: 'putCompactionJob', job: completed });
    const other = await subject.open();
    expect(await other.readCompactionJobs()).toEqual([completed, second]);
    expect(await other.readImportJobs()).toEqual([]);
    await apply({ kind: 'forgetCompactionJobs', ids: [7, 99] });
    expect(await other.readCompactionJobs()).toEqual([second]);
  });

  test('a job ends in the transaction of other changes, or not at all', async () => {
    const store = await subject.open();
    const { apply } = await lead(store);
    await apply({ kind: 'putImportJob', job: job(7) });
    const completed = { ...job(7), state: 'completed' } as const;
    const publish = publication({ collectionId: 404 });
    await expect(apply({ kind: 'putImportJob', job: completed }, publish)).rejects.toThrow();
    expect(await store.readImportJobs()).toEqual([job(7)]);
  });
}

function job(id: number): ImportJobRecord {
  return {
    id,
    collectionId: 3,
    partitionId: 0,
    files: [{ path: 'Imports/1.parquet', byteLength: 100, rowCount: 5 }],
    options: { timeout: '300s' },
    state: 'importing',
    reason: '',
    rowCount: 0,
    segmentIds: [],
    createdAtMs: 1_700_000_000_000,
    endedAtMs: 0,
  };
}
