import { writeTexts, writeTimeParts } from '../../../core/rows/text-values.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import type { TimePart } from '../../../core/time/time-parts.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { NamedColumn } from '../named-column.ts';
import type { RequestContext } from '../request-context.ts';
import { parseTimeFields } from './parse-time-fields.ts';
import { zoneOfRead } from './zone-of-read.ts';

interface ReadInput {
  readonly collection: string;
  /** `timezone`: an IANA name, which wins over the collection's. `time_fields`: parts of timestamps instead of texts, like `year,month`. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TEXT_TYPES: readonly DataType[] = [DataType.Timestamptz, DataType.Geometry];

/**
 * A read whose columns of Timestamptz and Geometry become text, as clients see them: the column is then of type VarChar, its field keeps its own type. With `time_fields` a Timestamptz becomes an
 * Array of Int64 instead, of these parts in the zone of the read. `firstOf` gives what the
 * request says once for all its parts.
 */
export function withReadableColumns<Input, Output extends { readonly columns: readonly NamedColumn[] }>(
  read: (cluster: Cluster, context: RequestContext, input: Input) => Promise<Output>,
  firstOf: (input: Input) => ReadInput | undefined,
): (cluster: Cluster, context: RequestContext, input: Input) => Promise<Output> {
  return async (cluster, context, input) => {
    // Without any part the read itself says what is wrong.
    const parts = parseTimeFields(firstOf(input)?.parameters.get('time_fields'));
    const output = await read(cluster, context, input);
    if (!output.columns.some(({ field }) => TEXT_TYPES.includes(field.dataType))) return output;
    const zone = await zoneOf(cluster, context, firstOf(input)!);
    const columns: NamedColumn[] = [];
    for (const named of output.columns) columns.push(await readable(named, zone, parts));
    return { ...output, columns };
  };
}

async function readable(named: NamedColumn, zone: string, parts: readonly TimePart[]): Promise<NamedColumn> {
  const { field, column } = named;
  if (!TEXT_TYPES.includes(field.dataType)) return named;
  if (field.dataType !== DataType.Timestamptz || parts.length === 0) {
    return { ...named, column: await writeTexts(column, zone) };
  }
  const shown = { ...field, dataType: DataType.Array, elementType: DataType.Int64, maxCapacity: parts.length };
  return { ...named, field: shown, column: await writeTimeParts(column, zone, parts) };
}

async function zoneOf(cluster: Cluster, context: RequestContext, input: ReadInput): Promise<string> {
  const collection = await cluster.catalog.read((catalog) => catalog.collection(context.database, input.collection));
  return zoneOfRead(collection, input.parameters);
}
