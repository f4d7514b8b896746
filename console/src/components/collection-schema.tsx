import type { CollectionDescription, FieldDescription, IndexDescription } from '../data/rest-shapes.ts';
import { useCall } from '../data/use-call.ts';
import { DataTable } from './data-table.tsx';
import { count } from './format.ts';

/** Fields and indexes of one collection. */
export function CollectionSchema({ database, name }: { readonly database: string; readonly name: string }) {
  const { value, error } = useCall<CollectionDescription>('collections/describe', {
    dbName: database,
    collectionName: name,
  });
  if (error !== '') return <p role="alert">{error}</p>;
  if (!value) return <p class="muted">reading …</p>;
  return (
    <>
      {value.description && <p>{value.description}</p>}
      <p class="muted">
        Consistency {value.consistencyLevel}, dynamic field {value.enableDynamicField ? 'on' : 'off'}
        {value.aliases.length > 0 && `, aliases ${value.aliases.join(', ')}`}
      </p>
      <DataTable
        caption="Fields"
        columns={['Field', 'Type', 'Is', 'Parameters', 'Description']}
        rows={value.fields.map((field) => [
          field.name,
          field.elementType ? `${field.type} of ${field.elementType}` : field.type,
          traitsOf(field),
          field.params.map(({ key, value: setting }) => `${key} ${setting}`).join(', '),
          field.description,
        ])}
      />
      {value.indexes.map(({ indexName }) => (
        <IndexOf key={indexName} database={database} collection={name} index={indexName} />
      ))}
    </>
  );
}

function IndexOf(props: { readonly database: string; readonly collection: string; readonly index: string }) {
  const { database, collection, index } = props;
  const { value, error } = useCall<readonly IndexDescription[]>('indexes/describe', {
    dbName: database,
    collectionName: collection,
    indexName: index,
  });
  if (error !== '') return <p role="alert">{error}</p>;
  return (
    <DataTable
      caption={`Index ${index}`}
      columns={['Field', 'Type', 'Metric', 'State', 'Rows', 'Indexed rows', 'Why it failed']}
      numeric={['Rows', 'Indexed rows']}
      empty="reading …"
      rows={(value ?? []).map((described) => [
        described.fieldName,
        described.indexType,
        described.metricType,
        described.indexState,
        count(described.totalRows),
        count(described.indexedRows),
        described.failReason,
      ])}
    />
  );
}

function traitsOf(field: FieldDescription): string {
  const traits = [
    field.primaryKey && 'primary key',
    field.autoId && 'auto id',
    field.partitionKey && 'partition key',
    field.nullable && 'nullable',
  ];
  return traits.filter(Boolean).join(', ');
}
