import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
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
import { type HighlightOptions, highlight } from '../../../../core/text/highlight.ts';
import type { Cluster } from '../../../cluster/cluster.ts';
import type { RequestContext } from '../../request-context.ts';
import { type HybridSearchInput, hybridSearch } from '../hybrid-search.ts';
import { type SearchInput, type SearchOutput, search } from '../search.ts';
import { type Highlighter, parseHighlighter } from './parse-highlighter.ts';

/** Fragments of one field of all hits. */
export interface FieldHighlights {
  readonly field: string;
  /** Per hit, those of query 0 first; none where no word was found. */
  readonly fragments: readonly (readonly string[])[];
}

/** A search whose hits show where their texts have the words that were looked for. Without a highlighter the search itself. */
export function highlightedSearch(
  cluster: Cluster,
  context: RequestContext,
  input: SearchInput,
): Promise<SearchOutput> {
  return highlighted(cluster, context, [input], (outputFields) => search(cluster, context, { ...input, outputFields }));
}

/** The same for several searches at once: a hit shows what any of those that have a highlighter looked for, whichever found it. */
export function highlightedHybridSearch(
  cluster: Cluster,
  context: RequestContext,
  input: HybridSearchInput,
): Promise<SearchOutput> {
  return highlighted(cluster, context, input.requests, (outputFields) =>
    hybridSearch(cluster, context, {
      ...input,
      requests: input.requests.map((request) => ({ ...request, outputFields })),
    }),
  );
}

/** `run` searches and fetches these fields. */
async function highlighted(
  cluster: Cluster,
  context: RequestContext,
  inputs: readonly SearchInput[],
  run: (outputFields: readonly string[]) => Promise<SearchOutput>,
): Promise<SearchOutput> {
  const shown = inputs[0]?.outputFields ?? [];
  const parts = inputs.flatMap((input) =>
    input.highlighter ? [{ input, highlighter: parseHighlighter(input.highlighter) }] : [],
  );
  if (parts.length === 0) return run(shown);
  const { options } = parts[0]!.highlighter;
  if (!parts.every(({ highlighter }) => isDeepStrictEqual(highlighter.options, options))) {
    throw invalid('the highlighters of a hybrid search must have the same tags and fragments');
  }
  const { collection } = parts[0]!.input;
  const { schema } = await cluster.catalog.read((catalog) => catalog.collection(context.database, collection));
  const tasks = tasksOf(schema, parts);
  const added = tasks.map(({ field }) => field.name).filter((name) => !shown.includes(name) && !shown.includes('*'));
  const output = await run([...shown, ...added]);
  const highlights: FieldHighlights[] = [];
  for (const task of tasks) highlights.push(await highlightField(output, task, options));
  return {
    ...output,
    columns: output.columns.filter(({ name }) => !added.includes(name)),
    outputFields: output.outputFields.filter((name) => !added.includes(name)),
    highlights,
  };
}

/** A search with its highlighter. */
interface Part {
  readonly input: SearchInput;
  readonly highlighter: Highlighter;
}

/** What is marked in one field. */
interface Task {
  readonly field: FieldSchema;
  /** Of each search of this field: texts whose words are marked in the hits of a query, by the number of the query. */
  readonly searched: readonly (readonly string[])[];
  /** Texts whose words are marked in all hits. */
  readonly queries: readonly string[];
}

function tasksOf(schema: CollectionSchema, parts: readonly Part[]): readonly Task[] {
  const tasks = new Map<FieldSchema, Task>();
  const taskOf = (field: FieldSchema): Task => tasks.get(field) ?? { field, searched: [], queries: [] };
  const searching = parts.filter(({ highlighter }) => highlighter.marksSearchText);
  const byText = searching.flatMap(({ input }) => {
    const field = searchedText(schema, input);
    return field ? [{ field, texts: input.queries.kind === 'texts' ? input.queries.texts : [] }] : [];
  });
  // The vectors that a hybrid search looks for besides have no words.
  if (searching.length > 0 && byText.length === 0) {
    throw invalid('Search highlight only support with metric type "BM25"');
  }
  for (const { field, texts } of byText) {
    const task = taskOf(field);
    tasks.set(field, { ...task, searched: [...task.searched, texts] });
  }
  for (const { field: name, text } of parts.flatMap(({ highlighter }) => highlighter.queries)) {
    const field = fieldByName(schema, name);
    if (!field) throw invalid(`highlight field not found in schema: ${name}`);
    if (!hasAnalyzer(field)) throw invalid(`highlight field ${name} does not enable analyzer`);
    const task = taskOf(field);
    tasks.set(field, { ...task, queries: [...task.queries, text] });
  }
  for (const { name, typeParams } of tasks.keys()) {
    if (typeParams['multi_analyzer_params'] === undefined) continue;
    throw new BraidError('notSupported', `highlights of field ${name} with several analyzers are not supported`);
  }
  return [...tasks.values()];
}

/** The field whose text BM25 searches, if it does. */
function searchedText(schema: CollectionSchema, input: SearchInput): FieldSchema | undefined {
  const name = input.parameters.get('anns_field') ?? '';
  const searched = name === '' ? vectorFields(schema)[0] : fieldByName(schema, name);
  const definition = searched && functionOfOutput(schema, searched.id);
  return definition && fieldById(schema, definition.inputFieldIds[0]!);
}

/** Texts are analysed again, hit by hit. */
async function highlightField(output: SearchOutput, task: Task, options: HighlightOptions): Promise<FieldHighlights> {
  const { field, searched, queries } = task;
  const analyzer = fieldAnalyzers(field).default;
  for (const text of [...searched.flat(), ...queries]) checkTextLength(text);
  const common = queries.flatMap((text) => analyzer.terms(text));
  const column = output.columns.find((candidate) => candidate.name === field.name)!.column as BytesColumn;
  const fragments: (readonly string[])[] = [];
  for (let query = 0; query < output.counts.length; query++) {
    const terms = new Set([...common, ...searched.flatMap((texts) => analyzer.terms(texts[query] ?? ''))]);
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
