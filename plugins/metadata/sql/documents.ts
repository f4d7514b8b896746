import { Type } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { parseWithBigints, stringifyWithBigints } from '../../../core/bigint-json.ts';
import type { CollectionRecord, DatabaseRecord, IndexRecord, PartitionRecord } from '../../../core/catalog.ts';
import type { CompactionJobRecord, CompactionPlanRecord } from '../../../core/compaction-job.ts';
import { BraidError } from '../../../core/errors.ts';
import type { ImportFileRecord, ImportJobRecord } from '../../../core/import-job.ts';
import { METRIC_TYPES } from '../../../core/metric.ts';
import type {
  CollectionSchema,
  FieldSchema,
  FunctionSchema,
  StructSchema,
} from '../../../core/schema/collection-schema.ts';
import { DataType } from '../../../core/schema/data-type.ts';

/**
 * The parts of records that are stored as JSON text, and their shapes. A document of the wrong shape is damaged: it is refused when it is read, so that
 * no other room meets it. Members that this version does not know are let through, so that a cluster can be upgraded node by node.
 */
export type DatabaseDocument = Omit<DatabaseRecord, 'id' | 'name'>;
export type CollectionDocument = Omit<CollectionRecord, 'id' | 'databaseId' | 'name'>;

export type ImportJobDocument = Omit<ImportJobRecord, 'id'>;
export type CompactionJobDocument = Omit<CompactionJobRecord, 'id'>;

export function encodeDatabaseDocument({ id, name, ...document }: DatabaseRecord): string {
  return stringifyWithBigints(document satisfies DatabaseDocument);
}

export function encodeCollectionDocument({ id, databaseId, name, ...document }: CollectionRecord): string {
  return stringifyWithBigints(document satisfies CollectionDocument);
}

export function decodeDatabaseDocument(text: string, id: number): DatabaseDocument {
  return decodeChecked<DatabaseDocument>(databaseValidator, text, `database ${id}`);
}

export function decodeCollectionDocument(text: string, id: number): CollectionDocument {
  return decodeChecked<CollectionDocument>(collectionValidator, text, `collection ${id}`);
}

export function encodeImportJobDocument({ id, ...document }: ImportJobRecord): string {
  return stringifyWithBigints(document satisfies ImportJobDocument);
}

export function decodeImportJobDocument(text: string, id: number): ImportJobDocument {
  return decodeChecked<ImportJobDocument>(importJobValidator, text, `import job ${id}`);
}

export function encodeCompactionJobDocument({ id, ...document }: CompactionJobRecord): string {
  return stringifyWithBigints(document satisfies CompactionJobDocument);
}

export function decodeCompactionJobDocument(text: string, id: number): CompactionJobDocument {
  return decodeChecked<CompactionJobDocument>(compactionJobValidator, text, `compaction job ${id}`);
}

/** One TypeBox type per member: a member that is added to the record and forgotten here does not compile. */
export type Shape<RecordType> = { readonly [Member in keyof Required<RecordType>]: object };

const Strings = Type.Record(Type.String(), Type.String());
const DataTypeNumber = Type.Union(Object.values(DataType).map((value) => Type.Literal(value)));

const FIELD = {
  id: Type.Integer(),
  name: Type.String(),
  description: Type.String(),
  dataType: DataTypeNumber,
  elementType: Type.Optional(DataTypeNumber),
  isPrimaryKey: Type.Boolean(),
  autoId: Type.Boolean(),
  nullable: Type.Boolean(),
  isPartitionKey: Type.Boolean(),
  isClusteringKey: Type.Boolean(),
  isDynamic: Type.Boolean(),
  defaultValue: Type.Optional(Type.Union([Type.Boolean(), Type.Number(), Type.BigInt(), Type.String()])),
  dimension: Type.Optional(Type.Integer()),
  maxLength: Type.Optional(Type.Integer()),
  maxCapacity: Type.Optional(Type.Integer()),
  typeParams: Strings,
} satisfies Shape<FieldSchema>;

const STRUCT = {
  id: Type.Integer(),
  name: Type.String(),
  description: Type.String(),
  maxCapacity: Type.Integer(),
  fieldIds: Type.Array(Type.Integer()),
  nullable: Type.Optional(Type.Boolean()),
  typeParams: Strings,
} satisfies Shape<StructSchema>;

const FUNCTION = {
  id: Type.Integer(),
  name: Type.String(),
  description: Type.String(),
  type: Type.Literal('BM25'),
  inputFieldIds: Type.Array(Type.Integer()),
  outputFieldIds: Type.Array(Type.Integer()),
  params: Strings,
  sinceVersion: Type.Optional(Type.Integer()),
} satisfies Shape<FunctionSchema>;

const SCHEMA = {
  name: Type.String(),
  description: Type.String(),
  enableDynamicField: Type.Boolean(),
  fields: Type.Array(Type.Object(FIELD)),
  structs: Type.Array(Type.Object(STRUCT)),
  functions: Type.Array(Type.Object(FUNCTION)),
  droppedFieldIdMax: Type.Optional(Type.Integer()),
  version: Type.Integer(),
} satisfies Shape<CollectionSchema>;

const PARTITION = {
  id: Type.Integer(),
  name: Type.String(),
  createdTimestamp: Type.BigInt(),
  loaded: Type.Boolean(),
} satisfies Shape<PartitionRecord>;

const INDEX = {
  id: Type.Integer(),
  name: Type.String(),
  fieldId: Type.Integer(),
  indexType: Type.String(),
  metricType: Type.Optional(Type.Union(METRIC_TYPES.map((metric) => Type.Literal(metric)))),
  params: Strings,
} satisfies Shape<IndexRecord>;

const DATABASE = {
  createdTimestamp: Type.BigInt(),
  properties: Strings,
} satisfies Shape<DatabaseDocument>;

const COLLECTION = {
  schema: Type.Object(SCHEMA),
  consistencyLevel: Type.Union([0, 1, 2, 3, 4].map((level) => Type.Literal(level))),
  shardsCount: Type.Integer(),
  properties: Strings,
  partitions: Type.Array(Type.Object(PARTITION)),
  indexes: Type.Array(Type.Object(INDEX)),
  loadsNewPartitions: Type.Boolean(),
  replicaCount: Type.Integer(),
  replicaGroups: Type.Optional(Type.Array(Type.String())),
  loadedFieldIds: Type.Optional(Type.Array(Type.Integer())),
  createdTimestamp: Type.BigInt(),
  updatedTimestamp: Type.BigInt(),
} satisfies Shape<CollectionDocument>;

const IMPORT_FILE = {
  path: Type.String(),
  byteLength: Type.Integer(),
  rowCount: Type.Integer(),
} satisfies Shape<ImportFileRecord>;

const IMPORT_JOB = {
  collectionId: Type.Integer(),
  partitionId: Type.Integer(),
  files: Type.Array(Type.Object(IMPORT_FILE)),
  options: Strings,
  state: Type.Union((['pending', 'importing', 'completed', 'failed'] as const).map((state) => Type.Literal(state))),
  reason: Type.String(),
  rowCount: Type.Integer(),
  segmentIds: Type.Array(Type.Integer()),
  createdAtMs: Type.Number(),
  endedAtMs: Type.Number(),
} satisfies Shape<ImportJobDocument>;

const COMPACTION_PLAN = {
  partitionId: Type.Integer(),
  segmentIds: Type.Array(Type.Integer()),
  reason: Type.String(),
  state: Type.Union((['executing', 'completed', 'failed'] as const).map((state) => Type.Literal(state))),
  targetId: Type.Integer(),
  error: Type.String(),
} satisfies Shape<CompactionPlanRecord>;

const COMPACTION_JOB = {
  collectionId: Type.Integer(),
  plans: Type.Array(Type.Object(COMPACTION_PLAN)),
} satisfies Shape<CompactionJobDocument>;

const databaseValidator = Compile(Type.Object(DATABASE));
const collectionValidator = Compile(Type.Object(COLLECTION));
const importJobValidator = Compile(Type.Object(IMPORT_JOB));
const compactionJobValidator = Compile(Type.Object(COMPACTION_JOB));

export function decodeChecked<Document>(validator: Validator, text: string, owner: string): Document {
  let value: unknown;
  try {
    value = parseWithBigints(text);
  } catch (error) {
    throw new BraidError('internal', `metadata is damaged: the document of ${owner} cannot be read`, { cause: error });
  }
  if (!validator.Check(value)) {
    const [first] = validator.Errors(value);
    const place = first ? `${first.instancePath || '/'} ${first.message}` : 'wrong shape';
    throw new BraidError('internal', `metadata is damaged: the document of ${owner}: ${place}`);
  }
  return value as Document;
}
