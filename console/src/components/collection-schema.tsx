import type { CollectionDescription, FieldDescription, IndexDescription } from '../data/rest-shapes.ts';
import { useCalls } from '../data/use-call.ts';
import { Badge } from './badge.tsx';
import { DataTable } from './data-table.tsx';
import { count } from './format.ts';
import { Progress } from './progress.tsx';

/** Fields, functions, indexes and properties of one collection. */
export function CollectionSchema({
  database,
  described,
}: {
  readonly database: string;
  readonly described: CollectionDescription;
}) {
  const { fields, functions, indexes, properties, collectionName } = described;
  const outputs = new Map(
    functions.flatMap(({ name, outputFieldNames }) => outputFieldNames.map((field) => [field, name])),
  );
  return (
    <>
      <DataTable
        caption="Fields"
        columns={['Field', 'Type', 'Is', 'Parameters', 'Description']}
        rows={fields.map((field) => [
          <b key="name">{field.name}</b>,
          <code key="type">{field.elementType ? `${field.type} of ${field.elementType}` : field.type}</code>,
          traitsOf(field, outputs.get(field.name)),
          field.params.map(({ key, value }) => `${key} ${value}`).join(', '),
          field.description,
        ])}
        keys={fields.map(({ name }) => name)}
      />
      {functions.length > 0 && (
        <DataTable
          caption="Functions"
          columns={['Function', 'Type', 'From', 'To']}
          rows={functions.map(({ name, type, inputFieldNames, outputFieldNames }) => [
            name,
            type,
            inputFieldNames.join(', '),
            outputFieldNames.join(', '),
          ])}
        />
      )}
      <Indexes database={database} collection={collectionName} names={indexes.map(({ indexName }) => indexName)} />
      {properties.length > 0 && (
        <DataTable
          caption="Properties"
          columns={['Property', 'Value']}
          rows={properties.map(({ key, value }) => [key, <code key="value">{value}</code>])}
        />
      )}
    </>
  );
}

const INDEX_REFRESH_MS = 3_000;

function Indexes(props: { readonly database: string; readonly collection: string; readonly names: readonly string[] }) {
  const { database, collection, names } = props;
  const bodies = names.map((indexName) => ({ dbName: database, collectionName: collection, indexName }));
  const { value, error } = useCalls<readonly IndexDescription[]>('indexes/describe', bodies, INDEX_REFRESH_MS);
  return (
    <DataTable
      caption="Indexes"
      columns={['Index', 'Field', 'Type', 'Metric', 'State', 'Progress', 'Rows', 'Indexed rows', 'Why it failed']}
      numeric={['Rows', 'Indexed rows']}
      empty={error || (names.length === 0 ? 'no index yet: create one, then load the collection' : 'reading …')}
      rows={(value ?? []).flat().map((described) => [
        <b key="name">{described.indexName}</b>,
        described.fieldName,
        described.indexType,
        described.metricType,
        <Badge key="state" tone={described.failReason ? 'bad' : described.indexState === 'Finished' ? 'good' : 'warn'}>
          {described.indexState}
        </Badge>,
        <Progress key="progress" share={described.totalRows > 0 ? described.indexedRows / described.totalRows : 1} />,
        count(described.totalRows),
        count(described.indexedRows),
        described.failReason,
      ])}
      keys={(value ?? []).flat().map(({ indexName, fieldName }) => `${indexName} ${fieldName}`)}
    />
  );
}

function traitsOf(field: FieldDescription, fromFunction: string | undefined): string {
  const traits = [
    field.primaryKey && 'primary key',
    field.autoId && 'auto id',
    field.partitionKey && 'partition key',
    field.clusteringKey && 'clustering key',
    field.nullable && 'nullable',
    fromFunction && `made by ${fromFunction}`,
  ];
  return traits.filter(Boolean).join(', ');
}
