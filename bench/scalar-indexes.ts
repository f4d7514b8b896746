import { Command } from 'commander';
import type { IndexRecord } from '../core/catalog.ts';
import { encodeArray } from '../core/columns/array-values.ts';
import type { Column } from '../core/columns/column.ts';
import { bytesColumnFrom, fixedColumn } from '../core/columns/column-operations.ts';
import { compileFilter } from '../core/filter/compile-filter.ts';
import type { CollectionSchema, FieldSchema } from '../core/schema/collection-schema.ts';
import { DataType } from '../core/schema/data-type.ts';
import { type DebianPackage, readDataset, SAMPLE_FOLDER } from '../examples/debian-packages/dataset.ts';
import { type ColumnChunks, chunkCountOf, fixedChunks } from '../node/segment/column-chunks.ts';
import { FilterResults } from '../node/segment/filter-results.ts';
import { LIMITS } from '../node/segment/limits.ts';
import { ScalarIndexes } from '../node/segment/scalar-index/scalar-indexes.ts';
import { cpuPerCallUs } from './measure.ts';

/** What a filter costs in one sealed segment, by scanning and with scalar indexes, on the fields of the Debian packages. */

const MEASURE_MS = 150;

const CONDITIONS: readonly (readonly [kind: string, text: string])[] = [
  ['number equal', 'size == 7891488'],
  ['number range, 1 %', '30000000 < size'],
  ['number range, half', 'size > 60000'],
  ['text equal', 'name == "redis"'],
  ['text equal, few values', 'section == "games"'],
  ['text in 3', 'section in ["games", "net", "python"]'],
  ['text prefix', 'name like "lib%"'],
  ['text within, few values', 'section like "%net%"'],
  ['not equal', 'section != "libs"'],
  ['array contains', 'array_contains(tags, "role::program")'],
  ['array contains all', 'array_contains_all(tags, ["role::program", "uitoolkit::sdl"])'],
  ['JSON number range', 'meta["installed"] > 100000'],
  ['JSON text equal', 'meta["priority"] == "important"'],
  ['two of these', 'section == "games" and size > 1000000'],
  ['index and scan', 'section == "games" and size % 7 == 0'],
];

const options = new Command('node bench/scalar-indexes.ts')
  .description('Filters over one sealed segment: scanning and scalar indexes, CPU per evaluation.')
  .option('--data <folder>', 'folder with packages.jsonl.gz and vectors.f16', SAMPLE_FOLDER)
  .option('--rows <count>', 'rows of the segment; the packages are repeated until there are as many', '500000')
  .parse()
  .opts<{ readonly data: string; readonly rows: string }>();

const { packages } = await readDataset(options.data);
const rowCount = Number(options.rows);
const schema = schemaOf();
const columns = columnsOf(packages, rowCount);
const indexes = new ScalarIndexes(columns, rowCount);
indexes.configure(schema, indexRecords());
const buildUs = await cpuPerCallUs(0, async () => {
  for (const [, text] of CONDITIONS) compileFilter(text, schema).fromIndexes(indexes.lookup()!);
  await indexes.settled();
});
console.log(`${rowCount} rows (${packages.length} packages, repeated), CPU of one evaluation`);
for (const [kind, text] of CONDITIONS) {
  const scanUs = await measure(text, false);
  const indexUs = await measure(text, true);
  const matching = (await evaluate(text, true)) / rowCount;
  console.log(
    `${kind.padEnd(24)} ${(matching * 100).toFixed(2).padStart(6)} %  scan ${scanUs.toFixed(0).padStart(7)} us  index ${indexUs.toFixed(0).padStart(6)} us  ${(scanUs / indexUs).toFixed(1).padStart(6)} x   ${text}`,
  );
}
const bytesPerRow = indexes.memoryBytes / rowCount;
console.log(
  `building all: ${(buildUs / 1e6).toFixed(2)} s CPU, memory of all ${bytesPerRow.toFixed(0)} bytes per row (6 indexes)`,
);

/** Once before: what is remembered of a column (JSON paths, elements of arrays) is not counted. */
async function measure(text: string, withIndexes: boolean): Promise<number> {
  await evaluate(text, withIndexes);
  return cpuPerCallUs(MEASURE_MS, async () => {
    await evaluate(text, withIndexes);
  });
}

/** Compiled anew, so that no result is remembered. Rows that pass. */
async function evaluate(text: string, withIndexes: boolean): Promise<number> {
  const results = new FilterResults({ columns, ...(withIndexes && { lookup: () => indexes.lookup() }) });
  return (await results.rows(compileFilter(text, schema), rowCount, [])).count;
}

function schemaOf(): CollectionSchema {
  const field = (id: number, name: string, dataType: DataType): FieldSchema => ({
    id,
    name,
    description: '',
    dataType,
    ...(dataType === DataType.Array && { elementType: DataType.VarChar }),
    isPrimaryKey: false,
    autoId: false,
    nullable: false,
    isPartitionKey: false,
    isClusteringKey: false,
    isDynamic: false,
    typeParams: {},
  });
  const fields = [
    field(100, 'size', DataType.Int64),
    field(101, 'name', DataType.VarChar),
    field(102, 'section', DataType.VarChar),
    field(103, 'tags', DataType.Array),
    field(104, 'meta', DataType.JSON),
  ];
  return {
    name: 'packages',
    description: '',
    enableDynamicField: false,
    fields,
    structs: [],
    functions: [],
    version: 1,
  };
}

function indexRecords(): IndexRecord[] {
  const record = (fieldId: number, params: Record<string, string> = {}): IndexRecord => ({
    id: fieldId,
    name: String(fieldId),
    fieldId,
    indexType: 'INVERTED',
    params,
  });
  return [
    ...[100, 101, 102, 103].map((fieldId) => record(fieldId)),
    record(104, { json_path: 'meta["installed"]', json_cast_type: 'DOUBLE' }),
    record(104, { json_path: 'meta["priority"]', json_cast_type: 'VARCHAR' }),
  ];
}

function columnsOf(all: readonly DebianPackage[], count: number): ReadonlyMap<number, ColumnChunks> {
  const columnOf: Readonly<Record<number, (rows: readonly DebianPackage[]) => Column>> = {
    100: (rows) =>
      fixedColumn(
        DataType.Int64,
        BigInt64Array.from(rows, ({ size }) => BigInt(size)),
      ),
    101: (rows) => texts(rows.map(({ name }) => name)),
    102: (rows) => texts(rows.map(({ section }) => section)),
    103: (rows) =>
      bytesColumnFrom(
        DataType.Array,
        rows.map(({ tags }) => encodeArray(DataType.VarChar, tags)),
      ),
    104: (rows) =>
      bytesColumnFrom(
        DataType.JSON,
        rows.map(({ installed, priority, summary }) => JSON.stringify({ summary, installed, priority })),
      ),
  };
  const chunksOf = (make: (rows: readonly DebianPackage[]) => Column) =>
    Array.from({ length: chunkCountOf(count) }, (_, chunk) => {
      const from = chunk * LIMITS.chunkRows;
      const length = Math.min(LIMITS.chunkRows, count - from);
      return make(Array.from({ length }, (_, i) => all[(from + i) % all.length]!));
    });
  return new Map(Object.entries(columnOf).map(([id, make]) => [Number(id), fixedChunks(chunksOf(make))]));
}

function texts(values: readonly string[]): Column {
  return bytesColumnFrom(DataType.VarChar, values);
}
