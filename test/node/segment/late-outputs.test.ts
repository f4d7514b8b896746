import { expect, test } from 'vitest';
import type { BytesColumn } from '../../../core/columns/column.ts';
import { bytesColumnFrom } from '../../../core/columns/column-operations.ts';
import { addFunction } from '../../../core/schema/change-functions.ts';
import { type CollectionSchema, fieldByName } from '../../../core/schema/collection-schema.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { parseAnalyzer } from '../../../core/text/parse-analyzer.ts';
import { termFrequencies } from '../../../core/text/term-frequencies.ts';
import { GrowingSegment } from '../../../node/segment/growing-segment.ts';
import { mergeSegments } from '../../../node/segment/merge-segments.ts';
import { openSealedSegment } from '../../../node/segment/sealed-segment.ts';
import type { Segment } from '../../../node/segment/segment.ts';
import { field, keyColumn, keysFrom, recordOf, schemaOf, sealSegment, temporaryFolder } from './fixture.ts';

const before = schemaOf([
  field(100, 'id', DataType.Int64, { isPrimaryKey: true }),
  field(101, 'text', DataType.VarChar, { maxLength: 100, typeParams: { enable_analyzer: 'true' } }),
  field(102, 'sparse', DataType.SparseFloatVector),
]);

const words = {
  name: 'words',
  description: '',
  type: 'BM25',
  inputFieldNames: ['text'],
  outputFieldNames: ['sparse'],
  params: {},
};

const after = addFunction(before, words, undefined);
const OUTPUT = fieldByName(after, 'sparse')!.id;
/** More than one chunk. */
const ROWS = 10_000;

const texts = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => `row ${from + i} of ${(from + i) % 7}`);

const outputOf = (rows: readonly string[]): Promise<BytesColumn> => {
  const analyzer = parseAnalyzer('');
  return termFrequencies(bytesColumnFrom(DataType.VarChar, rows), () => analyzer);
};

/** As a router sends rows that it checked before the function was there. */
function append(segment: GrowingSegment, from: number, count: number): void {
  const columns = new Map([
    [100, keyColumn(keysFrom(from, count))],
    [101, bytesColumnFrom(DataType.VarChar, texts(from, count))],
  ]);
  segment.append({ rowCount: count, columns }, BigInt(1 + from));
}

async function expectOutput(segment: Segment, count: number): Promise<void> {
  using snapshot = segment.snapshot();
  await snapshot.ready();
  const offsets = Uint32Array.from({ length: count }, (_, i) => i);
  const found = snapshot.gather(OUTPUT, offsets) as BytesColumn;
  const expected = await outputOf(texts(0, count));
  expect(found.offsets).toEqual(expected.offsets);
  expect(Buffer.compare(found.bytes, expected.bytes)).toBe(0);
  const row = new Uint32Array(expected.bytes.buffer, expected.offsets[5]!, 1);
  const { rowCounts } = await snapshot.termStatistics(OUTPUT, row);
  expect(rowCounts[0]).toBeGreaterThan(0);
}

const growing = (schema: CollectionSchema) => new GrowingSegment({ id: 5, partitionId: 7, schema, indexes: [] });

test('a field that becomes an output has a new id: what was sent for it is not taken for terms', () => {
  expect(OUTPUT).toBe(103);
  expect(after.functions).toMatchObject([{ outputFieldIds: [103], sinceVersion: 2 }]);
});

test('a growing segment computes the output of rows that are there and of those that come', async () => {
  const segment = growing(before);
  append(segment, 0, ROWS);
  segment.updateSchema(after);
  await expectOutput(segment, ROWS);
  append(segment, ROWS, 100);
  await expectOutput(segment, ROWS + 100);
  segment.close();
});

test('rows of a log from before the function lack its output, those after them have it', async () => {
  const segment = growing(after);
  const complete = new Map([
    [100, keyColumn(keysFrom(0, 10))],
    [101, bytesColumnFrom(DataType.VarChar, texts(0, 10))],
    [OUTPUT, await outputOf(texts(0, 10))],
  ]);
  segment.append({ rowCount: 10, columns: complete }, 1n);
  append(segment, 10, 20);
  await expectOutput(segment, 30);
  segment.close();
});

test('a sealed segment computes it when it is opened, compaction writes it', async () => {
  await using folder = await temporaryFolder();
  const source = growing(before);
  append(source, 0, ROWS);
  const sealed = await sealSegment(source, `${folder.path}/sealed`, [], after);
  source.close();
  expect(sealed.late.has(OUTPUT)).toBe(true);
  await expectOutput(sealed, ROWS);
  const options = { id: 9, partitionId: 7, schema: after, indexes: [], deletesAppliedTimestamp: 1n };
  const merged = await mergeSegments([sealed], `${folder.path}/merged`, options);
  expect(merged!.schemaVersion).toBe(after.version);
  const written = await openSealedSegment(recordOf(merged!, 9), {
    schema: after,
    indexes: [],
    folder: `${folder.path}/merged`,
  });
  expect(written.late.has(OUTPUT)).toBe(false);
  await expectOutput(written, ROWS);
  written.close();
  sealed.close();
});

test('sealing a segment that lived through the change writes the output', async () => {
  await using folder = await temporaryFolder();
  const source = growing(before);
  append(source, 0, 50);
  source.updateSchema(after);
  const segment = await sealSegment(source, `${folder.path}/sealed`, []);
  expect(segment.late.has(OUTPUT)).toBe(false);
  await expectOutput(segment, 50);
  segment.close();
  source.close();
});
