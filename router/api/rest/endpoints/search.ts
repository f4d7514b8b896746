import Type, { type Static } from 'typebox';
import { normalSparseColumn } from '../../../../core/columns/sparse-rows.ts';
import { BraidError } from '../../../../core/errors.ts';
import { shortFloat } from '../../../../core/rows/float32.ts';
import { int64Value } from '../../../../core/rows/int64.ts';
import { isRecord } from '../../../../core/rows/is-record.ts';
import { sparseValuesToColumn } from '../../../../core/rows/sparse-value.ts';
import { vectorListValuesToColumn } from '../../../../core/rows/vector-lists.ts';
import { vectorsToColumn } from '../../../../core/rows/vector-value.ts';
import {
  type CollectionSchema,
  type FieldSchema,
  fieldByName,
  vectorFields,
} from '../../../../core/schema/collection-schema.ts';
import { DataType, isVector } from '../../../../core/schema/data-type.ts';
import type { SearchInput, SearchOutput } from '../../../operations/reads/search.ts';
import { FunctionScoreBody, functionScoreOf } from '../codec/function-score-body.ts';
import { HighlighterBody, highlighterOf, highlightJson } from '../codec/highlighter-body.ts';
import { keysFromJson } from '../codec/keys-json.ts';
import { consistencyOf, OrderBody, orderOf, ReadBody, templatesOf, timeParameters } from '../codec/read-body.ts';
import { rowsJson } from '../codec/rows-json.ts';
import { textsOf } from '../codec/settings.ts';
import { type Endpoint, endpoint, type RestCall } from '../endpoint.ts';

const LIMIT_DEFAULT = 100;

const SearchBody = Type.Object({
  ...ReadBody.properties,
  data: Type.Optional(Type.Array(Type.Unknown())),
  ids: Type.Optional(Type.Unknown()),
  annsField: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer()),
  offset: Type.Optional(Type.Integer()),
  groupingField: Type.Optional(Type.String()),
  groupSize: Type.Optional(Type.Integer()),
  strictGroupSize: Type.Optional(Type.Boolean()),
  orderByFields: OrderBody,
  metricType: Type.Optional(Type.String()),
  searchParams: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  functionScore: FunctionScoreBody,
  highlighter: HighlighterBody,
});

type SearchBody = Static<typeof SearchBody>;

/** What of a body says what is searched for. */
type QueriesBody = Pick<SearchBody, 'data' | 'ids' | 'annsField'>;

/** Hits of all queries one after the other; `topks` beside them says how many belong to each. */
export const searchEndpoint: Endpoint = endpoint('entities/search', SearchBody, async (body, call) => {
  const { collection } = await call.operations.describeCollection(call.context, { name: body.collectionName });
  const output = await call.operations.search(call.context, {
    collection: body.collectionName,
    partitions: body.partitionNames ?? [],
    filter: body.filter ?? '',
    templates: templatesOf(body.exprParams),
    queries: queriesOf(body, collection.schema),
    parameters: parametersOf(body),
    outputFields: body.outputFields ?? [],
    consistency: consistencyOf(body.consistencyLevel),
    functionScore: functionScoreOf(body.functionScore),
    highlighter: highlighterOf(body.highlighter),
    unsupported: [],
  });
  return { json: await hitsJson(output, call), beside: { topks: Array.from(output.counts) } };
});

/** Query vectors come without a type: they are read as what the searched field holds. */
export function queriesOf(body: QueriesBody, schema: CollectionSchema): SearchInput['queries'] {
  if (body.ids !== undefined) return { kind: 'keys', keys: keysFromJson(schema, body.ids) };
  const { data } = body;
  if (data === undefined || data.length === 0) {
    throw new BraidError('restParameterMissing', 'missing required parameters: data');
  }
  const candidates = vectorFields(schema);
  const field = body.annsField ? fieldByName(schema, body.annsField) : candidates[0];
  if (!field || !isVector(field.dataType) || (!body.annsField && candidates.length > 1)) {
    const names = candidates.map(({ name }) => name).join(', ');
    throw new BraidError('parameterInvalid', `annsField ${body.annsField ?? ''}: should be one of ${names}`);
  }
  if (field.dataType === DataType.SparseFloatVector) return sparseQueries(field, data);
  if (field.dataType === DataType.ArrayOfVector) return listQueries(field, data);
  const column = vectorsToColumn(field, data);
  return { kind: 'vectors', dataType: field.dataType, data: column.data, queryCount: data.length };
}

/** Texts, for a field that BM25 computes, or sparse vectors. */
function sparseQueries(field: FieldSchema, data: readonly unknown[]): SearchInput['queries'] {
  if (data.every((value) => typeof value === 'string')) return { kind: 'texts', texts: data };
  const { bytes, offsets, dataType } = normalSparseColumn(sparseValuesToColumn(field, data));
  return { kind: 'vectors', dataType, data: bytes, offsets, queryCount: data.length };
}

/** Lists of vectors, or one vector each to be compared with single elements. */
function listQueries(field: FieldSchema, data: readonly unknown[]): SearchInput['queries'] {
  if (data.every((query) => Array.isArray(query) && typeof query[0] === 'number')) {
    const dataType = field.elementType!;
    const column = vectorsToColumn({ ...field, dataType }, data);
    return { kind: 'vectors', dataType, data: column.data, queryCount: data.length };
  }
  const { bytes, offsets, dataType } = vectorListValuesToColumn(field, data);
  return { kind: 'vectors', dataType, elementType: field.elementType, data: bytes, offsets, queryCount: data.length };
}

/** The names of REST to those of the wire. What stands beside `params` in `searchParams` (radius, ...) belongs into it. */
function parametersOf(body: SearchBody): ReadonlyMap<string, string> {
  const { params, metricType, metric_type, ...others } = body.searchParams ?? {};
  return new Map(
    Object.entries(
      textsOf({
        ...timeParameters(body),
        anns_field: body.annsField ?? '',
        topk: body.limit ?? LIMIT_DEFAULT,
        offset: body.offset ?? null,
        metric_type: metricType ?? metric_type ?? body.metricType ?? '',
        params: { ...others, ...(isRecord(params) ? params : {}) },
        group_by_field: body.groupingField || null,
        group_size: body.groupSize ?? null,
        strict_group_size: body.strictGroupSize ?? null,
        order_by_fields: orderOf(body.orderByFields) ?? null,
      }),
    ),
  );
}

export function hitsJson(output: SearchOutput, call: RestCall): Promise<string> {
  const { keys, scores, columns, outputFields, primaryField } = output;
  const keyOf = (hit: number): unknown => {
    const key = keys[hit]!;
    return typeof key === 'bigint' ? int64Value(key, call.int64) : key;
  };
  const beside = new Map<string, (hit: number) => unknown>([
    ['distance', (hit) => shortFloat(scores[hit]!)],
    [primaryField.name, keyOf],
    ['id', keyOf],
  ]);
  const { elementIndices, highlights } = output;
  if (highlights) beside.set('highlight', (hit) => highlightJson(highlights, hit));
  if (elementIndices) beside.set('offset', (hit) => elementIndices[hit]);
  return rowsJson({ rowCount: scores.length, columns, outputFields, beside }, call);
}
