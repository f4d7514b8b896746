import { bytesColumnFrom, fixedColumn, vectorColumn } from '../../../core/columns/column-operations.ts';
import type { CollectionSchema, FieldSchema } from '../../../core/schema/collection-schema.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import type { WriterNode } from '../../../node/writer/writer-node.ts';
import type { InsertRequest, MutationResponse, QueryResponse, Scope } from '../../../proto/generated/node.ts';
import {
  arrayFrom,
  bytesOf,
  decodeColumn,
  decodeKeys,
  encodeColumn,
  encodeKeys,
} from '../../../proto/node-protocol/column-codec.ts';
import { CONTEXT, NEVER, type TestWriter } from './test-writer.ts';

const PLAIN: FieldSchema = {
  id: 0,
  name: '',
  description: '',
  dataType: DataType.Int64,
  isPrimaryKey: false,
  autoId: false,
  nullable: false,
  isPartitionKey: false,
  isClusteringKey: false,
  isDynamic: false,
  typeParams: {},
};

export const ID_FIELD = 100;
export const VERSION_FIELD = 101;
export const TEXT_FIELD = 102;
export const VECTOR_FIELD = 103;

export interface SchemaOptions {
  readonly name?: string;
  readonly autoId?: boolean;
  readonly textKey?: boolean;
  /** Without it there is no vector field. */
  readonly dimension?: number;
}

/** id (key), version Int64, text VarChar, and a vector if asked for. */
export function testSchema(options: SchemaOptions = {}): CollectionSchema {
  const { name = 'things', autoId = false, textKey = false, dimension } = options;
  const fields: FieldSchema[] = [
    {
      ...PLAIN,
      id: ID_FIELD,
      name: 'id',
      isPrimaryKey: true,
      autoId,
      ...(textKey && { dataType: DataType.VarChar, maxLength: 100 }),
    },
    { ...PLAIN, id: VERSION_FIELD, name: 'version' },
    { ...PLAIN, id: TEXT_FIELD, name: 'text', dataType: DataType.VarChar, maxLength: 1_000 },
  ];
  if (dimension) {
    fields.push({
      ...PLAIN,
      id: VECTOR_FIELD,
      name: 'vector',
      dataType: DataType.FloatVector,
      dimension,
      typeParams: { dim: `${dimension}` },
    });
  }
  return { name, description: '', enableDynamicField: false, fields, structs: [], functions: [], version: 1 };
}

export async function createCollection(writer: TestWriter, schema = testSchema()): Promise<number> {
  const { collectionId } = await writer.catalog({
    kind: 'createCollection',
    database: 'default',
    schema,
    consistencyLevel: 2,
    shardsCount: 1,
    partitionsCount: 0,
    properties: {},
  });
  return collectionId as number;
}

export interface Row {
  readonly id: bigint;
  readonly version: bigint;
}

export function insertRequest(
  collectionId: number,
  partitionId: number,
  rows: readonly Row[],
  options: { readonly upsert?: boolean; readonly vectors?: Float32Array; readonly withoutKey?: boolean } = {},
): InsertRequest {
  const ids = BigInt64Array.from(rows, (row) => row.id);
  const columns = [
    encodeColumn(
      VERSION_FIELD,
      fixedColumn(
        DataType.Int64,
        BigInt64Array.from(rows, (row) => row.version),
      ),
    ),
    encodeColumn(
      TEXT_FIELD,
      bytesColumnFrom(
        DataType.VarChar,
        rows.map((row) => `text ${row.id}`),
      ),
    ),
  ];
  if (!options.withoutKey) columns.unshift(encodeColumn(ID_FIELD, fixedColumn(DataType.Int64, ids)));
  if (options.vectors) {
    const dimension = options.vectors.length / rows.length;
    const column = vectorColumn(DataType.FloatVector, dimension, dimension * 4, bytesOf(options.vectors));
    columns.push(encodeColumn(VECTOR_FIELD, column));
  }
  const upsert = options.upsert ?? false;
  const place = { context: CONTEXT, collectionId, schemaVersion: 1, partitionId };
  return { ...place, rowCount: rows.length, columns, upsert, readTimestamp: 0n };
}

/** Rows first..first+count-1 with one version. */
export function rowsFrom(first: number, count: number, version = 1): readonly Row[] {
  return Array.from({ length: count }, (_, index) => ({ id: BigInt(first + index), version: BigInt(version) }));
}

export function insert(
  node: WriterNode,
  collectionId: number,
  partitionId: number,
  rows: readonly Row[],
  upsert = false,
): Promise<MutationResponse> {
  return node.insert(insertRequest(collectionId, partitionId, rows, { upsert }), NEVER);
}

export function deleteIds(
  node: WriterNode,
  collectionId: number,
  ids: readonly bigint[],
  partitionIds: readonly number[] = [],
): Promise<MutationResponse> {
  const keys = encodeKeys(BigInt64Array.from(ids));
  return node.delete({ context: CONTEXT, collectionId, partitionIds: [...partitionIds], keys }, NEVER);
}

export function scopeOf(collectionId: number, viewVersion: number, change: Partial<Scope> = {}): Scope {
  return {
    collectionId,
    schemaVersion: 1,
    partitionIds: [],
    segmentIds: [],
    viewVersion,
    guaranteeTimestamp: 0n,
    expiredBefore: 0n,
    expiryFieldId: 0,
    ...change,
  };
}

/** id -> version of what the writer answers for a view. */
export async function queryAll(
  node: WriterNode,
  collectionId: number,
  viewVersion: number,
  filterText = '',
): Promise<Map<bigint, bigint>> {
  const response = await node.query(
    {
      context: CONTEXT,
      scope: scopeOf(collectionId, viewVersion),
      filter: filterText === '' ? undefined : { text: filterText, templates: new Map(), zone: '' },
      keys: undefined,
      limit: 0,
      outputFieldIds: [VERSION_FIELD],
      countOnly: false,
      aggregation: undefined,
      ignoreGrowing: false,
    },
    NEVER,
  );
  return rowsOf(response);
}

export async function countAll(node: WriterNode, collectionId: number, viewVersion: number): Promise<number> {
  const { count } = await node.query(
    {
      context: CONTEXT,
      scope: scopeOf(collectionId, viewVersion),
      filter: undefined,
      keys: undefined,
      limit: 0,
      outputFieldIds: [],
      countOnly: true,
      aggregation: undefined,
      ignoreGrowing: false,
    },
    NEVER,
  );
  return count;
}

export function rowsOf(response: QueryResponse): Map<bigint, bigint> {
  const ids = decodeKeys(response.keys) as BigInt64Array;
  const [message] = response.columns;
  const column = message && decodeColumn(message);
  const versions = column?.kind === 'fixed' ? (column.values as BigInt64Array) : new BigInt64Array(0);
  return new Map(Array.from(ids, (id, row) => [id, versions[row]!]));
}

export { arrayFrom };
