import { writeTexts } from '../../../core/rows/text-values.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { NamedColumn } from '../named-column.ts';
import type { RequestContext } from '../request-context.ts';
import { zoneOfRead } from './zone-of-read.ts';

interface ReadInput {
  readonly collection: string;
  /** `timezone`: an IANA name, which wins over the collection's. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TEXT_TYPES: readonly DataType[] = [DataType.Timestamptz, DataType.Geometry];

/**
 * A read whose columns of Timestamptz and Geometry become text, as clients see them: the column is then of type VarChar, its field keeps its own type. `firstOf` gives what the
 * request says once for all its parts.
 */
export function withReadableColumns<Input, Output extends { readonly columns: readonly NamedColumn[] }>(
  read: (cluster: Cluster, context: RequestContext, input: Input) => Promise<Output>,
  firstOf: (input: Input) => ReadInput,
): (cluster: Cluster, context: RequestContext, input: Input) => Promise<Output> {
  return async (cluster, context, input) => {
    const output = await read(cluster, context, input);
    if (!output.columns.some(({ field }) => TEXT_TYPES.includes(field.dataType))) return output;
    const zone = await zoneOf(cluster, context, firstOf(input));
    const columns: NamedColumn[] = [];
    for (const named of output.columns) {
      const isText = TEXT_TYPES.includes(named.field.dataType);
      columns.push(isText ? { ...named, column: await writeTexts(named.column, zone) } : named);
    }
    return { ...output, columns };
  };
}

async function zoneOf(cluster: Cluster, context: RequestContext, input: ReadInput): Promise<string> {
  const collection = await cluster.catalog.read((catalog) => catalog.collection(context.database, input.collection));
  return zoneOfRead(collection, input.parameters);
}
