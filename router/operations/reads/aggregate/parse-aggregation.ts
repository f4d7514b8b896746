import { type AggregateOperator, aggregateType } from '../../../../core/aggregate/aggregate.ts';
import { BraidError } from '../../../../core/errors.ts';
import { type CollectionSchema, type FieldSchema, fieldByName } from '../../../../core/schema/collection-schema.ts';
import { DataType, dataTypeName, isGroupable } from '../../../../core/schema/data-type.ts';
import { orderNames } from '../order/parse-order.ts';

/** A query for groups of rows instead of rows. */
export interface GroupsWanted {
  readonly groupFields: readonly FieldSchema[];
  /** What nodes compute. */
  readonly aggregates: readonly AggregateAsked[];
  /** The columns of the answer, in their order. */
  readonly outputs: readonly GroupOutput[];
}

export interface AggregateAsked {
  readonly operator: AggregateOperator;
  /** Undefined: rows are counted. */
  readonly field: FieldSchema | undefined;
  readonly dataType: DataType;
}

/** A group field, an aggregate, or a mean: numbers are places in `groupFields` and `aggregates`. */
export type GroupOutput = { readonly name: string } & (
  | { readonly kind: 'group'; readonly field: number }
  | { readonly kind: 'aggregate'; readonly aggregate: number }
  | { readonly kind: 'mean'; readonly sum: number; readonly count: number }
);

const AGGREGATE = /^(sum|count|avg|min|max)\s*\(\s*([\w*]*)\s*\)$/i;

/**
 * `group_by_fields` and output fields like `avg(price)`, in the form, with the types and in the words of Milvus 3.0 (internal/proxy/task_query.go, internal/agg). Undefined for a query for rows.
 */
export function parseAggregation(
  outputFields: readonly string[],
  parameters: ReadonlyMap<string, string>,
  schema: CollectionSchema,
): GroupsWanted | undefined {
  const groupNames = namesOf(parameters.get('group_by_fields'));
  if (groupNames.length === 0 && !outputFields.some((name) => AGGREGATE.test(name.trim()))) return undefined;
  checkOrder(parameters.get('order_by_fields'), groupNames);
  const aggregates: AggregateAsked[] = [];
  const ask = (operator: AggregateOperator, field: FieldSchema | undefined): number => {
    const known = aggregates.findIndex((other) => other.operator === operator && other.field === field);
    if (known >= 0) return known;
    const dataType = field ? aggregateType(operator, field.dataType)! : DataType.Int64;
    return aggregates.push({ operator, field, dataType }) - 1;
  };
  const outputs = outputFields.map((raw): GroupOutput => {
    const name = raw.trim();
    const [, operatorText, argument = ''] = AGGREGATE.exec(name) ?? [];
    const operator = operatorText?.toLowerCase() as AggregateOperator | 'avg' | undefined;
    if (operator === undefined) return groupOutput(name, groupNames);
    const field = argumentOf(operator, argument, schema);
    if (operator === 'avg') return { name, kind: 'mean', sum: ask('sum', field), count: ask('count', field) };
    return { name, kind: 'aggregate', aggregate: ask(operator, field) };
  });
  return { groupFields: groupNames.map((name) => groupField(name, schema)), aggregates, outputs };
}

/** What must be loaded. */
export function fieldsOfGroups({ groupFields, aggregates }: GroupsWanted): readonly FieldSchema[] {
  return [...groupFields, ...aggregates.flatMap(({ field }) => (field ? [field] : []))];
}

function namesOf(text: string | undefined): readonly string[] {
  const names = (text ?? '').replace(/^"(.*)"$/, '$1').trim();
  if (names === 'null') return [];
  const list = names.split(',').map((name) => name.trim());
  return [...new Set(list)].filter((name) => name !== '');
}

function groupOutput(name: string, groupNames: readonly string[]): GroupOutput {
  const field = groupNames.indexOf(name);
  if (field >= 0) return { name, kind: 'group', field };
  if (groupNames.length === 0) throw invalid('count entities with other output fields is not supported');
  throw invalid(`output field ${name} must be one of the group_by_fields or an aggregation`);
}

function groupField(name: string, schema: CollectionSchema): FieldSchema {
  const field = fieldByName(schema, name);
  if (!field) throw new BraidError('parameterUnexpected', `field ${name} not exist`);
  if (isGroupable(field.dataType)) return field;
  throw invalid(`group by field ${name} has unsupported data type ${dataTypeName(field.dataType)}`);
}

function argumentOf(operator: AggregateOperator | 'avg', name: string, schema: CollectionSchema) {
  if (name === '*') {
    if (operator === 'count') return undefined;
    throw invalid(`${operator}(*) is not supported, only count(*) is allowed`);
  }
  const field = fieldByName(schema, name);
  if (!field) throw invalid(`target field ${name} for aggregation:${operator} does not exist`);
  if (aggregateType(operator === 'avg' ? 'sum' : operator, field.dataType) !== undefined) return field;
  throw invalid(`aggregation operator ${operator} does not support data type ${dataTypeName(field.dataType)}`);
}

function checkOrder(text: string | undefined, groupNames: readonly string[]): void {
  for (const name of orderNames(text)) {
    if (groupNames.includes(name)) continue;
    if (AGGREGATE.test(name)) throw invalid(`ORDER BY on aggregate expression '${name}' is not yet supported`);
    throw invalid(
      `ORDER BY field '${name}' is not valid: when using GROUP BY or aggregates, ORDER BY can only reference GROUP BY columns. Valid targets are: [${groupNames.join(' ')}]`,
    );
  }
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
