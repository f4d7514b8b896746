import { BraidError } from '../../../core/errors.ts';
import type { TemplateValue } from '../../../core/filter/filter.ts';
import type { KeyList } from '../../../core/merge/merge-hits.ts';
import type { FieldSchema } from '../../../core/schema/collection-schema.ts';
import type { DataType } from '../../../core/schema/data-type.ts';
import type { Timestamp } from '../../../core/timestamps.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { Deadline } from '../../cluster/deadline.ts';
import { failSpan, openSpan } from '../../cluster/tracing.ts';
import type { CallNotes } from '../call-notes.ts';
import type { NamedColumn } from '../named-column.ts';
import type { RequestContext } from '../request-context.ts';
import { answerSearch } from './answer-search.ts';
import { answerElements } from './elements/answer-elements.ts';
import { isElementSearch } from './elements/element-search.ts';
import type { FieldHighlights } from './highlight/highlighted-search.ts';
import type { HighlighterInput } from './highlight/parse-highlighter.ts';
import { answerPage } from './iterate/answer-page.ts';
import { keptSearch } from './kept-search.ts';
import { planSearch, type SearchPlan } from './plan-search.ts';
import { answerRanked } from './rank/answer-ranked.ts';
import type { FunctionScoreInput } from './rank/function-score.ts';
import type { ReadConsistency } from './read-consistency.ts';
import type { ReadRun } from './read-run.ts';
import { readTwice } from './read-twice.ts';

export interface SearchInput {
  readonly collection: string;
  readonly partitions: readonly string[];
  /** Empty: all rows. */
  readonly filter: string;
  readonly templates: ReadonlyMap<string, TemplateValue> | undefined;
  readonly queries: QueryVectors | QueryTexts | QueryKeys;
  /** The search parameters as sent: `anns_field`, `topk`, `params` (JSON text), `metric_type`, `offset`, `round_decimal`, ... Unknown keys are ignored. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly outputFields: readonly string[];
  readonly consistency: ReadConsistency;
  readonly functionScore: FunctionScoreInput | undefined;
  /** Marks words in the hits' texts (highlighted-search.ts). */
  readonly highlighter?: HighlighterInput | undefined;
  /** Names of features in the request which this server has not (`search_aggregation`, ...): refused, because ignoring them would answer wrongly. */
  readonly unsupported: readonly string[];
}

/** Decoded placeholders. */
export interface QueryVectors {
  readonly kind: 'vectors';
  /** Type of the placeholder: FloatVector, ... */
  readonly dataType: DataType;
  /** One after the other, little endian, all of the same length. */
  readonly data: Uint8Array;
  readonly queryCount: number;
  /** Of the vectors in each list; with ArrayOfVector only. */
  readonly elementType?: DataType | undefined;
  /** Sparse vectors and lists of vectors: where each begins in `data` and the last one ends, in bytes. */
  readonly offsets?: Uint32Array;
}

/** Search a field that BM25 computes by texts. */
export interface QueryTexts {
  readonly kind: 'texts';
  readonly texts: readonly string[];
}

/** Search by the vectors of these rows. */
export interface QueryKeys {
  readonly kind: 'keys';
  readonly keys: KeyList;
}

export interface SearchOutput {
  /** The collection's own name. */
  readonly collectionName: string;
  readonly primaryField: FieldSchema;
  readonly queryCount: number;
  /** The limit asked for. */
  readonly topK: number;
  /** Hits per query (`topks`); all else below is the hits of query 0, then of query 1, ... */
  readonly counts: Uint32Array;
  /** As Milvus returns them (L2: squared). */
  readonly scores: Float32Array;
  readonly keys: KeyList;
  /** In the order of `outputFields`, the primary key last when it was asked for (as Milvus sends it), `` once for all dynamic keys. Present also when no hit is. */
  readonly columns: readonly NamedColumn[];
  /** Names for the wire's `output_fields`: columns and dynamic keys. */
  readonly outputFields: readonly string[];
  /** The snapshot that was read (`session_ts`). */
  readonly sessionTimestamp: Timestamp;
  readonly highlights?: readonly FieldHighlights[];
  /** Of a search of the elements of structs: which element of its row each hit is. A row may have several hits then. */
  readonly elementIndices?: Uint32Array;
  /** Rows that were searched. */
  readonly searchedRowCount: number;
  /** Of a grouped search: the group of each hit. */
  readonly groupValues: NamedColumn | undefined;
  /** Of a page of a search iterator: what the client sends to get the next one. */
  readonly iteration: { readonly token: string; readonly lastBound: number } | undefined;
}

/** Best hits of all rows that the consistency level promises, each primary key once. */
export async function search(cluster: Cluster, context: RequestContext, input: SearchInput): Promise<SearchOutput> {
  const { span, context: trace } = openSpan(cluster.tracer, 'search', context.trace);
  using deadline = new Deadline(context, cluster.clock);
  try {
    const output = await readTwice(cluster, (catalog, isRepeated) => {
      const plan = planSearch(cluster, catalog, context, input);
      noteSearch(context.notes, plan, input);
      return {
        collectionId: plan.target.collection.id,
        answer: () =>
          keptSearch(cluster, plan, input, { context, deadline, trace, isRepeated }, (run) =>
            answer(cluster, plan, input, run),
          ),
      };
    });
    span.end();
    return output;
  } catch (error) {
    failSpan(span, error as Error);
    throw error;
  }
}

function answer(cluster: Cluster, plan: SearchPlan, input: SearchInput, run: ReadRun): Promise<SearchOutput> {
  const { ranker, parameters } = plan;
  if (isElementSearch(plan) && !ranker) return answerElements(cluster, plan, input, run);
  if (parameters.iteration && ranker)
    throw new BraidError('parameterInvalid', 'a search iterator takes no reranker: its pages are ordered by distance');
  if (parameters.iteration) return answerPage(cluster, plan, parameters.iteration, input, run);
  if (parameters.order.length > 0 && ranker)
    throw new BraidError('parameterInvalid', 'order_by and function_score cannot be used together');
  if (!ranker) return answerSearch(cluster, plan, input, run);
  const hitCount = parameters.offset + parameters.limit;
  const parts = [{ plan, input, hitCount, ranker: undefined }];
  return answerRanked(cluster, { ...parameters, groupScorer: 'max', ranker, parts }, run);
}

function noteSearch(notes: CallNotes, plan: SearchPlan, { queries }: SearchInput): void {
  const { parameters, field, index, output } = plan;
  const queryCount =
    queries.kind === 'vectors'
      ? queries.queryCount
      : queries.kind === 'keys'
        ? queries.keys.values.length
        : queries.texts.length;
  notes.read({
    field: field.name,
    metricType: index.metricType,
    queryCount,
    limit: parameters.limit,
    offset: parameters.offset,
    outputFields: output.names,
  });
}
