import { copyFile, readdir, readFile, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RecordBatchReader, tableFromIPC } from 'apache-arrow';
import { describe, expect, test } from 'vitest';
import type { IndexRecord } from '../../../core/catalog.ts';
import type { VectorColumn } from '../../../core/columns/column.ts';
import { compileFilter } from '../../../core/filter/compile-filter.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { GrowingSegment } from '../../../node/segment/growing-segment.ts';
import { openSealedSegment } from '../../../node/segment/sealed-segment.ts';
import type { Segment } from '../../../node/segment/segment.ts';
import { verifySegmentFiles } from '../../../node/segment/verify-segment-files.ts';
import { writeSegment } from '../../../node/segment/write-segment.ts';
import {
  bytesOf,
  clusteredVectors,
  DIMENSION,
  deletes,
  everyBatch,
  everySchema,
  field,
  index,
  keysFrom,
  recordOf,
  schemaOf,
  sealSegment,
  search,
  searchOnce,
  smallBatch,
  smallSchema,
  temporaryFolder,
  textsOf,
  valueAt,
} from './fixture.ts';

const everyIndex = [
  index(112, 'HNSW', 'COSINE', { M: '8', efConstruction: '32' }),
  index(113, 'FLAT', 'IP'),
  index(114, 'FLAT', 'L2'),
  index(115, 'FLAT', 'L2'),
  index(116, 'BIN_FLAT', 'JACCARD'),
  index(117, 'FLAT', 'L2'),
];

/** The same fields and metrics, a graph for each. */
const everyGraph = everyIndex.map(({ fieldId, metricType }) => {
  return index(fieldId, 'HNSW', metricType!, { M: '8', efConstruction: '32' });
});

/** Lists for each. */
const everyList = everyIndex.map(({ fieldId, metricType }) => {
  const isBits = metricType === 'JACCARD' || metricType === 'HAMMING';
  return index(fieldId, isBits ? 'BIN_IVF_FLAT' : 'IVF_FLAT', metricType!, { nlist: '8' });
});

function everySegment(rowCount: number, indexes: readonly IndexRecord[] = everyIndex): GrowingSegment {
  const segment = new GrowingSegment({ id: 5, partitionId: 7, schema: everySchema, indexes });
  for (let from = 0, time = 100n; from < rowCount; from += 6_000, time += 10n) {
    segment.append(everyBatch(from, Math.min(6_000, rowCount - from)), time);
  }
  return segment;
}

async function allAnswers(segment: Segment) {
  using snapshot = segment.snapshot();
  const filter = compileFilter('(int32 > 0 or text is null) and json["row"] < 900', everySchema);
  const everything = await snapshot.select({ filter: undefined, keys: undefined });
  const selected = await snapshot.select({ filter, keys: undefined });
  const byKey = await snapshot.select({ filter: undefined, keys: ['key-17', 'key-19', 'nobody', 'key-20000'] });
  const ordered = await snapshot.ordered(selected, 50);
  const searches = [];
  const rows = Uint32Array.of(5, 500, 999);
  for (const { fieldId, metricType } of everyIndex) {
    const queries = (snapshot.gather(fieldId, rows) as VectorColumn).data;
    const request = { ...search(new Float32Array(0)), fieldId, metric: metricType!, queries, queryCount: 3, filter };
    const hits = await snapshot.search({ ...request, expansion: 200, probes: 8 });
    searches.push([...hits.counts], [...hits.offsets], [...hits.scores]);
  }
  return {
    counts: [everything.count, selected.count, byKey.count],
    ordered: [...ordered],
    keys: snapshot.keys(ordered),
    timestamps: [...snapshot.timestamps(ordered)],
    searches,
  };
}

describe('a sealed segment', () => {
  test('holds every row of every field as it was appended', async () => {
    await using folder = await temporaryFolder();
    const growing = everySegment(20_000);
    const sealed = await sealSegment(growing, folder.path, everyIndex);
    const offsets = Uint32Array.from({ length: 20_000 }, (_, row) => row);
    using before = growing.snapshot();
    using after = sealed.snapshot();
    for (const { id, name } of everySchema.fields) {
      const [written, read] = [before.gather(id, offsets), after.gather(id, offsets)];
      expect([read.dataType, read.rowCount], name).toEqual([written.dataType, 20_000]);
      for (let row = 0; row < 20_000; row++) {
        const value = valueAt(read, row);
        const wanted = valueAt(written, row);
        if (!Object.is(value, wanted)) expect(value, `${name} of row ${row}`).toEqual(wanted);
      }
    }
    expect(after.timestamps(offsets)).toEqual(before.timestamps(offsets));
    sealed.close();
  });

  test.each([
    ['exact', 20_000, everyIndex],
    ['by graphs of every type', 2_000, everyGraph],
    ['by lists of every type', 2_000, everyList],
  ] as const)('answers as the growing one did, %s', async (_, rowCount, indexes) => {
    await using folder = await temporaryFolder();
    const growing = everySegment(rowCount, indexes);
    growing.applyDeletes(deletes(['key-3', 'key-17', 'key-19999'], 105n));
    const sealed = await sealSegment(growing, folder.path, indexes);
    expect(sealed.indexedRowCount).toBe(rowCount);
    expect(await allAnswers(sealed)).toEqual(await allAnswers(growing));
    expect(sealed.deletedCount).toBe(growing.deletedCount);
    for (const segment of [growing, sealed])
      expect(segment.applyDeletes(deletes(['key-19', 'key-20'], 106n, 7))).toBe(2);
    expect(await allAnswers(sealed)).toEqual(await allAnswers(growing));
    sealed.close();
  });

  test('applies deletes by timestamp and partition, once', async () => {
    await using folder = await temporaryFolder();
    const sealed = await sealSegment(everySegment(10_000), folder.path, everyIndex);
    expect(sealed.applyDeletes(deletes(['key-1'], 100n))).toBe(0);
    expect(sealed.applyDeletes(deletes(['key-1', 'key-7000'], 110n))).toBe(1);
    expect(sealed.applyDeletes(deletes(['key-1', 'key-7000'], 111n, 8))).toBe(0);
    expect(sealed.applyDeletes(deletes(['key-1', 'key-7000'], 111n, 7))).toBe(1);
    expect(sealed.deletedCount).toBe(2);
    sealed.close();
  });

  test('has the deletes that came before it was written, not those that came while it was', async () => {
    await using folder = await temporaryFolder();
    const growing = everySegment(10_000);
    growing.applyDeletes(deletes(['key-1', 'key-2'], 200n));
    growing.freeze();
    const writing = writeSegment(growing, folder.path, { deletesAppliedTimestamp: 200n });
    growing.applyDeletes(deletes(['key-3'], 300n));
    const written = await writing;
    expect([written.deletedCount, written.deletesAppliedTimestamp]).toEqual([2, 200n]);
    const sealed = await openSealedSegment(recordOf(written, 5), {
      schema: everySchema,
      indexes: everyIndex,
      folder: folder.path,
    });
    expect(sealed.deletedCount).toBe(2);
    using snapshot = sealed.snapshot();
    expect((await snapshot.select({ filter: undefined, keys: ['key-1', 'key-2', 'key-3'] })).count).toBe(1);
    sealed.close();
  });

  test('reads fields that are younger than itself as their default or null', async () => {
    await using folder = await temporaryFolder();
    const schema = schemaOf(
      [
        ...everySchema.fields,
        field(130, 'later', DataType.Int64, { defaultValue: 5n }),
        field(131, 'perhaps', DataType.VarChar, { nullable: true }),
      ],
      2,
    );
    const sealed = await sealSegment(everySegment(1_000), folder.path, everyIndex);
    sealed.updateSchema(schema);
    using snapshot = sealed.snapshot();
    const offsets = Uint32Array.of(0, 999);
    expect(textsOf(snapshot.gather(130, offsets))).toEqual([5n, 5n]);
    expect(textsOf(snapshot.gather(131, offsets))).toEqual([undefined, undefined]);
    expect(() => snapshot.gather(140, offsets)).toThrow('field 140');
    const filter = compileFilter('later == 5 and perhaps is null', schema);
    expect((await snapshot.select({ filter, keys: undefined })).count).toBe(1_000);
    sealed.close();
  });

  test('is searched by the lists it was written with', async () => {
    await using folder = await temporaryFolder();
    const indexes = [index(102, 'IVF_SQ8', 'L2', { nlist: '16' })];
    const growing = new GrowingSegment({ id: 1, partitionId: 7, schema: smallSchema, indexes });
    growing.append(smallBatch(keysFrom(0, 3_000), clusteredVectors(3_000, DIMENSION)), 1n);
    await growing.indexPending();
    expect(growing.indexedRowCount, 'too few rows to learn from').toBe(0);
    const sealed = await sealSegment(growing, folder.path, indexes);
    expect(sealed.indexedRowCount).toBe(3_000);
    const names = (await readdir(folder.path)).filter((name) => name.startsWith('102.'));
    expect(names.sort()).toEqual(['102.lists', '102.rows', '102.vectors']);
    const query = clusteredVectors(3_000, DIMENSION).slice(0, DIMENSION);
    const few = await searchOnce(sealed, search(query, { probes: 1 }));
    const all = await searchOnce(sealed, search(query, { probes: 16 }));
    expect([few.method, few.offsets[0], all.offsets[0]]).toEqual(['probe', 0, 0]);
    expect(few.visited).toBeLessThan(all.visited / 2);
    expect(all.visited).toBeGreaterThan(3_000);
    sealed.close();
  });

  test('opened for some fields it has these, takes less memory, and refuses the others until they are loaded', async () => {
    await using folder = await temporaryFolder();
    const written = everySegment(9_000);
    const whole = await sealSegment(written, folder.path, everyIndex);
    // What is not needed need not be there.
    for (const id of [112, 114]) {
      for (const name of await readdir(folder.path))
        if (name.startsWith(`${id}.`)) await unlink(join(folder.path, name));
    }
    const fieldIds = [100, 101, 104, 108, 113, 117];
    const later = field(120, 'later', DataType.VarChar, { defaultValue: 'nothing said', maxLength: 100 });
    const schema = schemaOf([...everySchema.fields, later], 2);
    const options = { schema, indexes: everyIndex, folder: folder.path, fieldIds };
    const some = await openSealedSegment(whole.record, options);
    expect([...some.vectors.keys()]).toEqual([113, 117]);
    expect(some.memoryBytes).toBeLessThan(whole.memoryBytes * 0.6);
    const offsets = Uint32Array.of(8_999, 0, 8_192, 17);
    const [all, chosen] = [whole.snapshot(), some.snapshot()];
    for (const id of fieldIds) expect(textsOf(chosen.gather(id, offsets))).toEqual(textsOf(all.gather(id, offsets)));
    expect(chosen.timestamps(offsets)).toEqual(all.timestamps(offsets));
    const halves = { ...search(new Float32Array(0)), fieldId: 113, metric: 'IP', queryCount: 1 } as const;
    const queries = bytesOf(new Uint16Array(8).fill(0x3c00));
    const [expected, found] = [await all.search({ ...halves, queries }), await chosen.search({ ...halves, queries })];
    expect(found.offsets).toEqual(expected.offsets);
    expect(found.offsets).toHaveLength(10);
    // A field younger than the segment is not one that was left out.
    expect(textsOf(chosen.gather(120, Uint32Array.of(0)))).toEqual(['nothing said']);
    const refusal = { kind: 'serviceNotReady', message: expect.stringContaining('is not loaded yet') };
    expect(() => chosen.gather(105, offsets)).toThrow('field int64 of collection');
    await expect(chosen.search(search(new Float32Array(8), { fieldId: 112 }))).rejects.toMatchObject(refusal);
    const filter = compileFilter('int64 > 3', everySchema);
    await expect(chosen.select({ filter, keys: undefined })).rejects.toMatchObject(refusal);
    expect([some.hasLoaded(fieldIds), some.hasLoaded([100, 105]), some.hasLoaded(undefined)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([whole.hasLoaded(fieldIds), whole.hasLoaded(undefined)]).toEqual([true, true]);
    for (const one of [all, chosen]) one[Symbol.dispose]();
    for (const one of [whole, some]) one.close();
  });

  test('has its vectors in memory when mmap is switched off, by index before field before collection', async () => {
    await using folder = await temporaryFolder();
    const vectorIndex = (params: Record<string, string>) => [index(102, 'HNSW', 'L2', params)];
    const indexes = vectorIndex({});
    const growing = new GrowingSegment({ id: 1, partitionId: 7, schema: smallSchema, indexes });
    growing.append(smallBatch(keysFrom(0, 2_000), clusteredVectors(2_000, DIMENSION)), 1n);
    const sealed = await sealSegment(growing, folder.path, indexes);
    const bytesWith = async (of: Record<string, string>, properties: Record<string, string>, type = 'HNSW') => {
      const options = { schema: smallSchema, indexes: [index(102, type, 'L2', of)], properties, folder: folder.path };
      const opened = await openSealedSegment(sealed.record, options);
      const { memoryBytes } = opened;
      opened.close();
      return memoryBytes;
    };
    const [on, off] = [{ 'mmap.enabled': 'true' }, { 'mmap.enabled': 'false' }];
    const mapped = await bytesWith({}, {});
    const loaded = await bytesWith(off, {});
    expect(loaded - mapped).toBeGreaterThan(2_000 * DIMENSION * (4 + 2));
    expect(await bytesWith({}, off)).toBe(loaded);
    expect(await bytesWith(on, off)).toBe(mapped);
    expect(await bytesWith({}, on)).toBe(mapped);
    expect(await bytesWith(off, {}, 'DISKANN'), 'DISKANN is for what memory does not hold').toBe(mapped);
    sealed.close();
  });

  test('is searched exactly when the index has another metric than its graph', async () => {
    await using folder = await temporaryFolder();
    const growing = new GrowingSegment({
      id: 1,
      partitionId: 7,
      schema: smallSchema,
      indexes: [index(102, 'HNSW', 'L2')],
    });
    const vectors = clusteredVectors(2_000, DIMENSION);
    growing.append(smallBatch(keysFrom(0, 2_000), vectors), 1n);
    const sealed = await sealSegment(growing, folder.path, [index(102, 'HNSW', 'L2')]);
    const query = vectors.slice(0, DIMENSION);
    await sealed.configureIndexes([index(102, 'HNSW', 'IP')]);
    const hits = await searchOnce(sealed, search(query, { metric: 'IP', k: 2_000 }));
    expect([hits.method, hits.offsets.length]).toEqual(['exact', 2_000]);
    expect(hits.scores[0]).toBeGreaterThan(hits.scores[1_999]!);
    await sealed.configureIndexes([index(102, 'HNSW', 'L2')]);
    expect((await searchOnce(sealed, search(query))).offsets[0]).toBe(0);
    sealed.close();
  });

  test('gives the newest row of each key in order', async () => {
    await using folder = await temporaryFolder();
    const growing = new GrowingSegment({ id: 1, partitionId: 7, schema: smallSchema, indexes: [] });
    for (const time of [1n, 2n, 3n]) {
      growing.append(smallBatch(keysFrom(Number(time) * 10, 500), clusteredVectors(500, DIMENSION)), time);
    }
    const sealed = await sealSegment(growing, folder.path, []);
    expect(sealed.hasDuplicateKeys).toBe(true);
    for (const segment of [growing, sealed]) {
      using snapshot = segment.snapshot();
      const all = await snapshot.select({ filter: undefined, keys: undefined });
      for (const limit of [0, 15, 40, 600]) {
        const ordered = await snapshot.ordered(all, limit);
        expect(snapshot.keys(ordered)).toEqual(keysFrom(10, limit === 0 ? 520 : Math.min(limit, 520)));
        expect([...snapshot.timestamps(ordered.slice(0, 40))]).toEqual(
          Array.from({ length: Math.min(40, ordered.length) }, (_, i) => (i < 10 ? 1n : i < 20 ? 2n : 3n)),
        );
      }
    }
    sealed.close();
  });

  test('has no doubles where a delete masks the older rows', async () => {
    await using folder = await temporaryFolder();
    const growing = new GrowingSegment({ id: 1, partitionId: 7, schema: smallSchema, indexes: [] });
    growing.append(smallBatch(keysFrom(0, 50), clusteredVectors(50, DIMENSION)), 1n);
    growing.append(smallBatch(keysFrom(0, 50), clusteredVectors(50, DIMENSION)), 2n);
    growing.applyDeletes(deletes(keysFrom(0, 50), 2n));
    expect(growing.hasDuplicateKeys).toBe(true);
    const sealed = await sealSegment(growing, folder.path, []);
    expect([sealed.hasDuplicateKeys, sealed.deletedCount]).toEqual([false, 50]);
    sealed.close();
  });

  test('closes when the last snapshot is done', async () => {
    await using folder = await temporaryFolder();
    const sealed = await sealSegment(everySegment(100), folder.path, everyIndex);
    const snapshot = sealed.snapshot();
    sealed.close();
    expect(() => sealed.snapshot()).toThrow('segment 5 is closed');
    expect(snapshot.gather(112, Uint32Array.of(1)).rowCount).toBe(1);
    snapshot[Symbol.dispose]();
  });
});

describe('the files', () => {
  test('are what another Arrow program expects', async () => {
    await using folder = await temporaryFolder();
    const growing = everySegment(20_000);
    await sealSegment(growing, folder.path, everyIndex);
    const bytes = await readFile(join(folder.path, 'columns.arrow'));
    const table = tableFromIPC(bytes);
    expect([table.numRows, table.batches.length]).toEqual([20_000, 3]);
    const batch = everyBatch(0, 6_000);
    for (const row of [0, 1, 5_999]) {
      const read = table.get(row)!;
      expect(read['100']).toBe(`key-${row}`);
      expect(read['101'] ?? undefined).toBe(
        valueAt(batch.columns.get(101)!, row) === undefined ? undefined : valueAt(batch.columns.get(101)!, row) === 1,
      );
      expect(read['105']).toBe(valueAt(batch.columns.get(105)!, row));
      expect(read['108'] ?? undefined).toBe(valueAt(batch.columns.get(108)!, row));
      expect(read['117.valid']).toBe(valueAt(batch.columns.get(117)!, row) !== undefined);
      expect(read['$timestamp']).toBe(100n);
    }
    const reader = RecordBatchReader.from(bytes);
    reader.open();
    expect(reader.schema.fields.find((found) => found.name === '104')?.metadata.get('name')).toBe('int32');
    const rows = await readFile(join(folder.path, '112.rows'));
    expect(rows.subarray(0, 6_000 * 32)).toEqual(
      Buffer.from((batch.columns.get(112) as { data: Uint8Array } & object).data),
    );
    const permutation = new Uint32Array(new Uint8Array(await readFile(join(folder.path, 'keys.perm'))).buffer);
    const keys = Array.from(permutation, (offset) => Buffer.from(`key-${offset}`));
    expect(keys.length).toBe(20_000);
    expect(keys.every((key, i) => i === 0 || Buffer.compare(keys[i - 1]!, key) < 0)).toBe(true);
  });

  test('are verified: one flipped byte, a cut end or a missing file is found in each of them', async () => {
    await using folder = await temporaryFolder();
    const growing = everySegment(12_000);
    growing.freeze();
    const written = await writeSegment(growing, folder.path, { deletesAppliedTimestamp: 100n });
    const record = recordOf(written, 5);
    await verifySegmentFiles(record, folder.path);
    expect((await readdir(folder.path)).sort()).toEqual(record.files.map((file) => file.name).sort());
    expect(written.byteLength).toBe(record.files.reduce((sum, file) => sum + file.byteLength, 0));
    for (const { name, byteLength } of record.files) {
      const path = join(folder.path, name);
      await copyFile(path, `${path}.good`);
      const bytes = await readFile(path);
      const place = Math.floor(byteLength / 2);
      bytes[place]! ^= 0x10;
      await writeFile(path, bytes);
      await expect(verifySegmentFiles(record, folder.path), name).rejects.toThrow(/segment 5: .* is damaged/);
      await truncate(path, byteLength - 1);
      await expect(verifySegmentFiles(record, folder.path), name).rejects.toThrow(`has ${byteLength - 1} bytes`);
      await unlink(path);
      await expect(verifySegmentFiles(record, folder.path), name).rejects.toThrow('cannot be read');
      await copyFile(`${path}.good`, path);
    }
    await verifySegmentFiles(record, folder.path);
  });

  test('of another version, another segment or another row count are refused', async () => {
    await using folder = await temporaryFolder();
    const growing = everySegment(100);
    growing.freeze();
    const record = recordOf(await writeSegment(growing, folder.path, { deletesAppliedTimestamp: 1n }), 5);
    const options = { schema: everySchema, indexes: everyIndex, folder: folder.path };
    await expect(openSealedSegment({ ...record, id: 6 }, options)).rejects.toThrow('segment 6');
    await expect(openSealedSegment({ ...record, rowCount: 99 }, options)).rejects.toThrow('100 rows');
    const path = join(folder.path, 'manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...manifest, formatVersion: 2 }));
    await expect(openSealedSegment(record, options)).rejects.toThrow('format version 2');
    await writeFile(path, JSON.stringify({ ...manifest, vectors: [{}] }));
    await expect(openSealedSegment(record, options)).rejects.toThrow('malformed');
    await writeFile(path, '{');
    await expect(openSealedSegment(record, options)).rejects.toMatchObject({ kind: 'segmentLoadFailed' });
  });

  test('a write that is aborted ends with the reason', async () => {
    await using folder = await temporaryFolder();
    const growing = everySegment(20_000);
    growing.freeze();
    const signal = AbortSignal.abort(new Error('the writer stops'));
    const writing = writeSegment(growing, folder.path, { deletesAppliedTimestamp: 1n, signal });
    await expect(writing).rejects.toThrow('the writer stops');
  });
});
