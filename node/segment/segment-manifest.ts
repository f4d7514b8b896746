import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { BraidError } from '../../core/errors.ts';
import type { IndexOptions, Scalar } from '../../native/vector-store.ts';
import { LIMITS } from './limits.ts';

/** Names of a segment's files, see FORMAT.md. */
export const MANIFEST_FILE = 'manifest.json';
export const COLUMNS_FILE = 'columns.arrow';
export const PERMUTATION_FILE = 'keys.perm';
export const DELETES_FILE = 'deletes.bits';

/** Grows with a change that older programs cannot read. */
export const FORMAT_VERSION = 1;

const Count = Type.Integer({ minimum: 0 });
/** 64 bits, as decimal digits. */
const Digits = Type.String({ pattern: '^[0-9]{1,20}$' });

const Field = Type.Object({
  id: Count,
  name: Type.String(),
  dataType: Count,
  isPrimaryKey: Type.Boolean(),
  nullable: Type.Boolean(),
});

const ScalarName = Type.Union([
  Type.Literal('f32'),
  Type.Literal('f16'),
  Type.Literal('bf16'),
  Type.Literal('i8'),
  Type.Literal('b1'),
]);

const VectorIndex = Type.Object({
  fieldId: Count,
  dimensions: Count,
  scalar: ScalarName,
  metricType: Type.String(),
  /** At most one of the two; neither: the rows are scanned. */
  graph: Type.Optional(Type.Object({ connectivity: Count, expansionAdd: Count, scalar: ScalarName })),
  lists: Type.Optional(Type.Object({ listCount: Count, scalar: ScalarName })),
});

const StoredFileSchema = Type.Object({ name: Type.String(), byteLength: Count, crc32c: Count });

const Manifest = Type.Object({
  formatVersion: Count,
  segmentId: Count,
  partitionId: Count,
  rowCount: Count,
  /** Rows of every record batch but the last. */
  rowsPerBatch: Count,
  deletedCount: Count,
  hasDuplicateKeys: Type.Boolean(),
  schemaVersion: Count,
  minTimestamp: Digits,
  maxTimestamp: Digits,
  deletesAppliedTimestamp: Digits,
  fields: Type.Array(Field),
  vectors: Type.Array(VectorIndex),
  /** Every other file of the segment. */
  files: Type.Array(StoredFileSchema),
});

export type SegmentManifest = Static<typeof Manifest>;
export type VectorManifest = Static<typeof VectorIndex>;

/** What the addon is told to open or build it. */
export function indexOfManifest({ graph, lists }: Pick<VectorManifest, 'graph' | 'lists'>): IndexOptions | undefined {
  if (graph) return { kind: 'graph', ...graph };
  return lists && { kind: 'lists', ...lists };
}

export function manifestOfIndex(index: IndexOptions, rows: Scalar): Pick<VectorManifest, 'graph' | 'lists'> {
  const { kind, ...parameters } = { scalar: rows, ...index };
  return { [kind]: parameters };
}

/** Reads and checks a manifest. Throws `segmentLoadFailed`. */
export async function readManifest(folder: string, segmentId: number): Promise<SegmentManifest> {
  const path = join(folder, MANIFEST_FILE);
  const failed = (why: string, cause?: unknown) =>
    new BraidError('segmentLoadFailed', `segment ${segmentId}: ${path} ${why}`, { cause });
  let manifest: unknown;
  try {
    const { size } = await stat(path);
    if (size > LIMITS.manifestBytesMax) throw failed(`has ${size} bytes, the limit is ${LIMITS.manifestBytesMax}`);
    manifest = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw error instanceof BraidError ? error : failed('cannot be read', error);
  }
  const version = (manifest as { formatVersion?: unknown } | null)?.formatVersion;
  if (version !== FORMAT_VERSION) throw failed(`has format version ${version}, this program reads ${FORMAT_VERSION}`);
  if (!Value.Check(Manifest, manifest)) {
    const [first] = Value.Errors(Manifest, manifest);
    throw failed(`is malformed: ${first?.instancePath} ${first?.message}`);
  }
  return manifest;
}
