import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BytesColumn } from '../../../../core/columns/column.ts';
import { textAt } from '../../../../core/columns/column-operations.ts';
import { BraidError } from '../../../../core/errors.ts';
import {
  type CollectionSchema,
  type FieldSchema,
  fieldById,
  fieldByName,
  functionOfOutput,
  vectorFields,
} from '../../../../core/schema/collection-schema.ts';
import { checkTextLength } from '../../../../core/text/check-text-length.ts';
import { fieldAnalyzers, hasAnalyzer } from '../../../../core/text/field-analyzer.ts';
import { highlight } from '../../../../core/text/highlight.ts';
import type { Cluster } from '../../../cluster/cluster.ts';
import type { RequestContext } from '../../request-context.ts';
import { type SearchInput, type SearchOutput, search } from '../search.ts';
import { type Highlighter, parseHighlighter } from './parse-highlighter.ts';

/** Fragments of one field of all hits. */
export interface FieldHighlights {
  readonly field: string;
  /** Per hit, those of query 0 first; none where no word was found. */
  readonly fragments: readonly (readonly string[])[];
}

/** A search whose hits show where their texts have the words that were looked for. Without a highlighter the search itself. */
export async function highlightedSearch(
  cluster: Cluster,
  context: RequestContext,
  input: SearchInput,
): Promise<SearchOutput> {
  if (!input.highlighter) return search(cluster, context, input);
  const highlighter = parseHighlighter(input.highlighter);
  const { schema } = await cluster.catalog.read((catalog) => catalog.collection(context.database, input.collection));
  const tasks = tasksOf(schema, input, highlighter);
  const shown = input.outputFields;
  const added = tasks.map(({ field }) => field.name).filter((name) => !shown.includes(name) && !shown.includes('*'));
  const output = await search(cluster, context, { ...input, outputFields: [...shown, ...added] });
  const highlights: FieldHighlights[] = [];
  for (const task of tasks) highlights.push(await highlightField(output, task, highlighter));
  return {
    ...output,
    columns: output.columns.filter(({ name }) => !added.includes(name)),
    outputFields: output.outputFields.filter((name) => !added.includes(name)),
    highlights,
  };
}

/** What is marked in one field. */
interface Task {
  readonly field: FieldSchema;
  /** Texts whose words are marked in the hits of a query, by the number of the query. */
  readonly searched: readonly string[];
  /** Texts whose words are marked in all hits. */
  readonly queries: readonly string[];
}

function tasksOf(schema: CollectionSchema, input: SearchInput, highlighter: Highlighter): readonly Task[] {
  const tasks = new Map<FieldSchema, Task>();
  if (highlighter.marksSearchText) {
    const field = searchedText(schema, input);
    tasks.set(field, { field, searched: input.queries.kind === 'texts' ? input.queries.texts : [], queries: [] });
  }
  for (const { field: name, text } of highlighter.queries) {
    const field = fieldByName(schema, name);
    if (!field) throw invalid(`highlight field not found in schema: ${name}`);
    if (!hasAnalyzer(field)) throw invalid(`highlight field ${name} does not enable analyzer`);
    const task = tasks.get(field) ?? { field, searched: [], queries: [] };
    tasks.set(field, { ...task, queries: [...task.queries, text] });
  }
  for (const { name, typeParams } of tasks.keys()) {
    if (typeParams['multi_analyzer_params'] === undefined) continue;
    throw new BraidError('notSupported', `highlights of field ${name} with several analyzers are not supported`);
  }
  return [...tasks.values()];
}

/** The field whose text BM25 searches. */
function searchedText(schema: CollectionSchema, input: SearchInput): FieldSchema {
  const name = input.parameters.get('anns_field') ?? '';
  const searched = name === '' ? vectorFields(schema)[0] : fieldByName(schema, name);
  const definition = searched && functionOfOutput(schema, searched.id);
  if (!definition) throw invalid('Search highlight only support with metric type "BM25"');
  return fieldById(schema, definition.inputFieldIds[0]!)!;
}

/** Texts are analysed again, hit by hit. */
async function highlightField(output: SearchOutput, task: Task, { options }: Highlighter): Promise<FieldHighlights> {
  const { field, searched, queries } = task;
  const analyzer = fieldAnalyzers(field).default;
  for (const text of [...searched, ...queries]) checkTextLength(text);
  const common = queries.flatMap((text) => analyzer.terms(text));
  const column = output.columns.find((candidate) => candidate.name === field.name)!.column as BytesColumn;
  const fragments: (readonly string[])[] = [];
  for (let query = 0; query < output.counts.length; query++) {
    const terms = new Set([...common, ...analyzer.terms(searched[query] ?? '')]);
    for (const end = fragments.length + output.counts[query]!; fragments.length < end; ) {
      fragments.push(highlight(analyzer, textAt(column, fragments.length), terms, options));
    }
    await nextTurn();
  }
  return { field: field.name, fragments };
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
