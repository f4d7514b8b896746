import type { Column, FixedColumn } from '../../../../core/columns/column.ts';
import { fixedColumn } from '../../../../core/columns/column-operations.ts';
import type { FieldSchema } from '../../../../core/schema/collection-schema.ts';
import { DataType } from '../../../../core/schema/data-type.ts';
import type { NamedColumn } from '../../named-column.ts';
import type { GroupOutput, GroupsWanted } from './parse-aggregation.ts';

/** The columns of an answer: group fields under their names, aggregates under their expressions, of the type that they have. */
export function groupColumns(
  { groupFields, outputs }: GroupsWanted,
  columns: readonly Column[],
): readonly NamedColumn[] {
  const aggregateAt = (place: number): Column => columns[groupFields.length + place]!;
  const columnOf = (output: GroupOutput): Column =>
    output.kind === 'mean'
      ? means(aggregateAt(output.sum), aggregateAt(output.count))
      : aggregateAt((output as { readonly aggregate: number }).aggregate);
  return outputs.map((output) => {
    if (output.kind === 'group') {
      return { name: output.name, field: groupFields[output.field]!, column: columns[output.field]! };
    }
    const column = columnOf(output);
    return { name: output.name, field: computedField(output.name, column.dataType), column };
  });
}

/** Null where there was nothing to sum up. */
function means(sums: Column, counts: Column): Column {
  const values = (sums as FixedColumn).values as Float64Array | BigInt64Array;
  const numbers = (counts as FixedColumn).values as BigInt64Array;
  const quotients = Float64Array.from(numbers, (count, group) =>
    count === 0n ? 0 : Number(values[group]!) / Number(count),
  );
  return fixedColumn(DataType.Double, quotients, sums.valid);
}

/** Stands in no schema. */
function computedField(name: string, dataType: DataType): FieldSchema {
  return {
    id: 0,
    name,
    description: '',
    dataType,
    isPrimaryKey: false,
    autoId: false,
    nullable: true,
    isDynamic: false,
    isPartitionKey: false,
    isClusteringKey: false,
    typeParams: {},
  };
}
