import type { CollectionRecord, IndexRecord } from '../../../core/catalog.ts';
import { BraidError } from '../../../core/errors.ts';
import type { Filter } from '../../../core/filter/filter.ts';
import { LIMITS } from '../../../core/limits.ts';
import { largerIsNearer, type MetricType } from '../../../core/metric.ts';
import { type FieldSchema, fieldByName, primaryField, vectorFields } from '../../../core/schema/collection-schema.ts';
import { DataType, dataTypeName, isVector, vectorRowBytes } from '../../../core/schema/data-type.ts';
import { findNonFinite } from '../../../core/schema/validate-vectors.ts';
import type { CatalogSnapshot } from '../../cluster/catalog-snapshot.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';
import { checkTuning } from './check-tuning.ts';
import { isFieldLoaded, refuseUnloadedFields } from './loaded-fields.ts';
import { type OutputFields, resolveOutputFields, withPrimaryKeyLast } from './output-fields.ts';
import { parseSearchParameters, type SearchParameters } from './parse-search-parameters.ts';
import { planRead, type ReadTarget } from './plan-read.ts';
import { parseFunctionScore } from './rank/parse-ranker.ts';
import type { Ranker } from './rank/ranker.ts';
import type { QueryVectors, SearchInput } from './search.ts';
import { zoneOfRead } from './zone-of-read.ts';

/** A search that is valid against one version of the catalog. */
export interface SearchPlan {
  readonly target: ReadTarget;
  readonly primary: FieldSchema;
  readonly field: FieldSchema;
  readonly index: IndexRecord & { readonly metricType: NonNullable<IndexRecord['metricType']> };
  readonly parameters: SearchParameters;
  readonly filter: Filter | undefined;
  readonly output: OutputFields;
  /** Gives the hits another order than that of their distances. */
  readonly ranker: Ranker | undefined;
}

export function planSearch(
  cluster: Cluster,
  catalog: CatalogSnapshot,
  context: RequestContext,
  input: SearchInput,
): SearchPlan {
  const [unsupported] = input.unsupported;
  if (unsupported !== undefined)
    throw new BraidError('notSupported', `${unsupported} is not supported by this server yet`);
  const target = planRead(catalog, context.database, input.collection, input.partitions, 'parameterUnexpected');
  const { schema } = target.collection;
  const parameters = parseSearchParameters(input.parameters, schema);
  const field = searchedField(target.collection, parameters.fieldName);
  const index = searchedIndex(target.collection, field, parameters);
  checkRange(parameters, index.metricType);
  if (parameters.grouping) checkGrouping(parameters, field);
  checkTuning(index.indexType, parameters.tuning, parameters.offset + parameters.limit);
  const primary = primaryField(schema);
  const { collection } = target;
  const output = resolveOutputFields(schema, input.outputFields, ({ id }) => isFieldLoaded(collection, id));
  const zone = zoneOfRead(collection, input.parameters);
  const compile = (filter: string) => cluster.filters.compile(filter, collection.id, schema, input.templates, zone);
  const filter = input.filter === '' ? undefined : compile(input.filter);
  const ordered = parameters.order.map((term) => term.field);
  refuseUnloadedFields(collection, { fields: [field, ...output.fields, ...ordered], filter });
  return {
    target,
    primary,
    field,
    index,
    parameters,
    filter,
    output: output.fields.includes(primary) ? withPrimaryKeyLast(output, primary) : output,
    ranker: input.functionScore && parseFunctionScore(input.functionScore, { schema, compile }),
  };
}

/** Type, dimension, number and finiteness of the query vectors. */
export function checkQueries(plan: SearchPlan, queries: QueryVectors): void {
  const { field, parameters } = plan;
  const { queryCount, data } = queries;
  if (queryCount < 1 || queryCount > LIMITS.queriesMax) {
    throw invalid(
      `nq [${queryCount}] is invalid, nq (number of search vector per search request) should be in range [1, ${LIMITS.queriesMax}], but got ${queryCount}`,
    );
  }
  const hitCount = queryCount * (parameters.offset + parameters.limit);
  if (hitCount > LIMITS.hitsMax) {
    throw invalid(
      `nq * (offset+limit) should be at most ${LIMITS.hitsMax}, but got ${queryCount} * ${parameters.offset + parameters.limit} = ${hitCount}`,
    );
  }
  if (queries.dataType !== field.dataType) {
    const types = `field vector - type ${dataTypeName(field.dataType)}, search info type ${dataTypeName(queries.dataType)}`;
    throw invalid(`vector type must be the same, ${types}, field name: ${field.name}`);
  }
  if (field.dataType === DataType.ArrayOfVector) {
    checkQueryLists(field, queries);
    return;
  }
  // Sparse vectors have no dimension, and were checked one by one when they were decoded.
  if (field.dataType === DataType.SparseFloatVector) return;
  const expected = vectorRowBytes(field.dataType, field.dimension!);
  if (data.length !== expected * queryCount) {
    const actual = data.length / queryCount;
    throw invalid(
      `vector dimension mismatch, expected vector size(byte) ${expected}, actual ${actual}, field name: ${field.name}`,
    );
  }
  const at = findNonFinite(field.dataType, data);
  if (at >= 0)
    throw invalid(`query vector ${Math.floor(at / field.dimension!)} has a value that is not a number or infinity`);
}

/** Every list has a vector, and all vectors are the field's. */
function checkQueryLists(field: FieldSchema, { elementType, data, offsets, queryCount }: QueryVectors): void {
  if (elementType !== field.elementType) {
    const types = `field vector - type ${dataTypeName(field.elementType!)}, search info type ${dataTypeName(elementType!)}`;
    throw invalid(`vector type must be the same, ${types}, field name: ${field.name}`);
  }
  const vectorBytes = vectorRowBytes(field.elementType!, field.dimension!);
  for (let query = 0; query < queryCount; query++) {
    const length = offsets![query + 1]! - offsets![query]!;
    if (length > 0 && length % vectorBytes === 0) continue;
    throw invalid(
      `vector dimension mismatch, expected a list of vectors of ${vectorBytes} bytes, query ${query} has ${length} bytes, field name: ${field.name}`,
    );
  }
  if (findNonFinite(field.elementType!, data) >= 0)
    throw invalid('a query vector has a value that is not a number or infinity');
}

function searchedField(collection: CollectionRecord, name: string): FieldSchema {
  if (name === '') {
    const [only, second] = vectorFields(collection.schema);
    if (second) throw invalid('multiple anns_fields exist, please specify a anns_field in search_params');
    return only!;
  }
  const field = fieldByName(collection.schema, name);
  if (!field) throw invalid(`failed to get field schema by name: fieldName(${name}) not found`);
  if (!isVector(field.dataType)) throw invalid(`field (${name}) to search is not of vector data type`);
  return field;
}

function searchedIndex(
  collection: CollectionRecord,
  field: FieldSchema,
  parameters: SearchParameters,
): SearchPlan['index'] {
  const index = collection.indexes.find((candidate) => candidate.fieldId === field.id);
  if (!index?.metricType)
    throw new BraidError(
      'indexNotFound',
      `there is no vector index on field: [${field.name}], please create index firstly`,
    );
  const { metricType } = index;
  if (parameters.metricType !== '' && parameters.metricType.toUpperCase() !== metricType) {
    throw invalid(`metric type not match: invalid parameter[expected=${metricType}][actual=${parameters.metricType}]`);
  }
  return { ...index, metricType };
}

/** What Milvus does not group (internal/proxy/search_util.go). */
function checkGrouping({ radius, rangeFilter }: SearchParameters, field: FieldSchema): void {
  if (radius !== undefined || rangeFilter !== undefined)
    throw invalid('Not allowed to do range-search when doing search-group-by');
  if (field.dataType === DataType.BinaryVector)
    throw invalid('not support search_group_by operation based on binary vector column');
}

/** Both bounds of a range search must leave room between them. */
function checkRange({ radius, rangeFilter }: SearchParameters, metricType: MetricType): void {
  if (radius === undefined || rangeFilter === undefined) return;
  const larger = largerIsNearer(metricType);
  if (larger ? radius < rangeFilter : rangeFilter < radius) return;
  const rule = larger ? 'greater' : 'less';
  throw invalid(`metric type '${metricType}', range_filter(${rangeFilter}) must be ${rule} than radius(${radius})`);
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
