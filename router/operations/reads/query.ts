import { BraidError } from '../../../core/errors.ts';
import type { TemplateValue } from '../../../core/filter/filter.ts';
import type { KeyList } from '../../../core/merge/merge-hits.ts';
import { type FieldSchema, primaryField } from '../../../core/schema/collection-schema.ts';
import type { Timestamp } from '../../../core/timestamps.ts';
import type { CatalogSnapshot } from '../../cluster/catalog-snapshot.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { Deadline } from '../../cluster/deadline.ts';
import { failSpan, openSpan } from '../../cluster/tracing.ts';
import type { NamedColumn } from '../named-column.ts';
import type { RequestContext } from '../request-context.ts';
import { groupColumns } from './aggregate/group-columns.ts';
import { fieldsOfGroups, type GroupsWanted, parseAggregation } from './aggregate/parse-aggregation.ts';
import { readGroups } from './aggregate/read-groups.ts';
import { isFieldLoaded, refuseUnloadedFields } from './loaded-fields.ts';
import { type OrderTerm, parseOrder } from './order/parse-order.ts';
import { readOrdered } from './order/read-ordered.ts';
import { type OutputFields, resolveOutputFields, withPrimaryKeyLast } from './output-fields.ts';
import { parseQueryParameters } from './parse-query-parameters.ts';
import { planRead } from './plan-read.ts';
import type { ReadConsistency } from './read-consistency.ts';
import { type RowsRequest, readRows } from './read-rows.ts';
import type { ReadRun } from './read-run.ts';
import { readTwice } from './read-twice.ts';
import { zoneOfRead } from './zone-of-read.ts';

export interface QueryInput {
  readonly collection: string;
  readonly partitions: readonly string[];
  /** Empty: all rows (then `limit` must be there, unless only `count(*)` is asked). */
  readonly filter: string;
  readonly templates: ReadonlyMap<string, TemplateValue> | undefined;
  /** If set, the rows with these keys; `filter` is empty then. */
  readonly keys: KeyList | undefined;
  /** Names and `*`, or aggregates like `count(*)` and `avg(price)` (beside names of `group_by_fields`). */
  readonly outputFields: readonly string[];
  /** As sent: `limit`, `offset`, `ignore_growing`, ... Unknown keys are ignored, features that are not there refused. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly consistency: ReadConsistency;
}

export interface QueryOutput {
  readonly collectionName: string;
  readonly primaryField: FieldSchema;
  readonly rowCount: number;
  /** Of a `count(*)`: the number; `columns` is empty then, and the answer on the wire is one Int64 column of that name. */
  readonly count: number | undefined;
  /** By ascending primary key unless `order_by_fields` says otherwise; the key is always among them (but for aggregates: a row per group); `` once for all dynamic keys. Present also when no row is. */
  readonly columns: readonly NamedColumn[];
  readonly outputFields: readonly string[];
  readonly sessionTimestamp: Timestamp;
}

const COUNT = 'count(*)';

/** Rows that pass a filter or have one of the keys, each key once, of doubles the newest; or how many are stored (doubles counted). */
export async function query(cluster: Cluster, context: RequestContext, input: QueryInput): Promise<QueryOutput> {
  const { span, context: trace } = openSpan(cluster.tracer, 'query', context.trace);
  using deadline = new Deadline(context, cluster.clock);
  try {
    const output = await readTwice(cluster, (catalog, isRepeated) => {
      const plan = planQuery(cluster, catalog, context, input);
      const { limit, offset } = plan.rows;
      context.notes.read({
        field: '',
        metricType: '',
        queryCount: 0,
        limit,
        offset,
        outputFields: plan.output.names,
      });
      return {
        collectionId: plan.rows.target.collection.id,
        answer: () => answerQuery(cluster, plan, { context, deadline, trace, isRepeated }),
      };
    });
    span.end();
    return output;
  } catch (error) {
    failSpan(span, error as Error);
    throw error;
  }
}

interface QueryPlan {
  readonly rows: RowsRequest;
  readonly primary: FieldSchema;
  readonly output: OutputFields;
  /** Empty: by ascending key. */
  readonly order: readonly OrderTerm[];
  /** Asked for instead of rows. */
  readonly groups: GroupsWanted | undefined;
}

function planQuery(cluster: Cluster, catalog: CatalogSnapshot, context: RequestContext, input: QueryInput): QueryPlan {
  const target = planRead(catalog, context.database, input.collection, input.partitions, 'parameterInvalid');
  const { collection } = target;
  const { schema, id } = collection;
  const parameters = parseQueryParameters(input.parameters);
  const countOnly = isCount(input);
  const groups = countOnly ? undefined : parseAggregation(input.outputFields, input.parameters, schema);
  if (countOnly && parameters.limit !== 0)
    throw new BraidError('parameterInvalid', 'count entities with pagination is not allowed');
  const zone = zoneOfRead(collection, input.parameters);
  const filter =
    input.filter.trim() === '' ? undefined : cluster.filters.compile(input.filter, id, schema, input.templates, zone);
  if (!filter && !input.keys && !countOnly && !groups && parameters.limit === 0) {
    throw new BraidError('parameterInvalid', 'empty expression should be used with limit');
  }
  const primary = primaryField(schema);
  const isLoaded = (field: FieldSchema) => isFieldLoaded(collection, field.id);
  const wanted = resolveOutputFields(schema, countOnly || groups ? [] : input.outputFields, isLoaded);
  const order = parseOrder(input.parameters.get('order_by_fields'), schema);
  const ordered = order.map((term) => term.field);
  const grouped = groups ? fieldsOfGroups(groups) : [];
  refuseUnloadedFields(collection, { fields: [...wanted.fields, ...ordered, ...grouped], filter });
  const output = wanted.fields.includes(primary) ? wanted : withPrimaryKeyLast(wanted, primary);
  const fields = output.fields.filter((field) => field !== primary);
  const rows = {
    target,
    filter,
    templates: input.templates,
    keys: input.keys,
    ...parameters,
    countOnly,
    consistency: input.consistency,
    fields,
  };
  return { rows, primary, output, order, groups };
}

/** Without groups and other aggregates: counted without looking at columns. */
function isCount({ outputFields, parameters }: QueryInput): boolean {
  const [name = '', ...others] = outputFields;
  return name.trim().toLowerCase() === COUNT && others.length === 0 && !parameters.get('group_by_fields');
}

async function answerQuery(cluster: Cluster, plan: QueryPlan, run: ReadRun): Promise<QueryOutput> {
  const { rows, primary, output, order, groups } = plan;
  if (groups) return answerGroups(cluster, plan, groups, run);
  const isOrdered = order.length > 0 && !rows.countOnly;
  const found = isOrdered ? await readOrdered(cluster, rows, order, run) : await readRows(cluster, rows, run);
  const { sessionTimestamp } = found;
  const common = { collectionName: rows.target.collection.name, primaryField: primary, sessionTimestamp };
  if (rows.countOnly) return { ...common, rowCount: 1, count: found.count, columns: [], outputFields: [COUNT] };
  const columns = output.fields.map((field) => {
    const column = field === primary ? found.keys : found.columns[rows.fields.indexOf(field)]!;
    return { name: field.name, field, column };
  });
  return { ...common, rowCount: found.keys.rowCount, count: undefined, columns, outputFields: output.names };
}

async function answerGroups(
  cluster: Cluster,
  { rows, primary, order }: QueryPlan,
  groups: GroupsWanted,
  run: ReadRun,
): Promise<QueryOutput> {
  const { groupCount, columns, sessionTimestamp } = await readGroups(cluster, rows, groups, order, run);
  return {
    collectionName: rows.target.collection.name,
    primaryField: primary,
    sessionTimestamp,
    rowCount: groupCount,
    count: undefined,
    columns: groupColumns(groups, columns),
    outputFields: groups.outputs.map(({ name }) => name),
  };
}
