import { setImmediate as nextTurn } from 'node:timers/promises';
import { testBit } from '../../../../core/bitset.ts';
import type { BytesColumn } from '../../../../core/columns/column.ts';
import { gatherColumn } from '../../../../core/columns/column-operations.ts';
import { vectorScores } from '../../../../core/columns/vector-scores.ts';
import { BraidError } from '../../../../core/errors.ts';
import type { ElementTest } from '../../../../core/filter/filter.ts';
import { largerIsNearer } from '../../../../core/metric.ts';
import { roundScores } from '../../../../core/rank/round-scores.ts';
import { type FieldSchema, fieldById } from '../../../../core/schema/collection-schema.ts';
import { vectorRowBytes } from '../../../../core/schema/data-type.ts';
import type { Cluster } from '../../../cluster/cluster.ts';
import { answerSearch } from '../answer-search.ts';
import type { SearchPlan } from '../plan-search.ts';
import type { ReadRun } from '../read-run.ts';
import type { QueryVectors, SearchInput, SearchOutput } from '../search.ts';

/**
 * The nearest elements of structs: hits are single elements, and a row has as many as come among the best. Exact: nodes find the rows with the nearest elements, no more of them than hits are
 * wanted, which have all of the best elements; their lists of vectors come along and are measured here. With `element_filter` on the struct only elements that meet it count.
 */
export async function answerElements(
  cluster: Cluster,
  plan: SearchPlan,
  input: SearchInput,
  run: ReadRun,
): Promise<SearchOutput> {
  const test = elementTestOf(plan);
  refuseUnsupported(plan);
  if (input.queries.kind !== 'vectors') throw notSupported('searching elements by ids or texts');
  const { offset, limit } = plan.parameters;
  const added = addedFields(plan, test);
  const fields = [...plan.output.fields, ...added];
  const rows = await answerSearch(
    cluster,
    {
      ...plan,
      parameters: { ...plan.parameters, offset: 0, limit: offset + limit, roundDecimal: undefined },
      output: { fields, names: plan.output.names },
    },
    input,
    run,
  );
  const elements = await nearestElements(plan, input.queries, rows, test);
  return withElements(plan, rows, elements);
}

function elementTestOf({ filter, field }: SearchPlan): ElementTest | undefined {
  const test = filter?.elements;
  if (test === 'misplaced') {
    const message = 'a search of elements takes one element_filter, alone or in the outermost and of the filter';
    throw new BraidError('parameterInvalid', message);
  }
  return test?.struct.fieldIds.includes(field.id) ? test : undefined;
}

function refuseUnsupported({ parameters }: SearchPlan): void {
  const { grouping, iteration, order, rangeFilter } = parameters;
  if (grouping) throw notSupported('grouping single elements');
  if (iteration) throw notSupported('iterating over single elements');
  if (order.length > 0) throw notSupported('order_by of single elements');
  if (rangeFilter !== undefined) throw notSupported('range_filter in a search of elements');
}

/** What is needed of the rows beside what was asked for. */
function addedFields({ field, output, target }: SearchPlan, test: ElementTest | undefined): readonly FieldSchema[] {
  const { schema } = target.collection;
  const needed = [field, ...(test?.fieldIds ?? []).map((id) => fieldById(schema, id)!)];
  return needed.filter((candidate) => !output.fields.includes(candidate));
}

interface Element {
  /** Of the rows that were found, all queries' one behind the other. */
  readonly row: number;
  /** Place within its row. */
  readonly index: number;
  readonly score: number;
}

/** Elements measured between two turns of the event loop. */
const ELEMENTS_PER_TURN = 1_000;

/** Per query, those of the answer. */
async function nearestElements(
  plan: SearchPlan,
  queries: QueryVectors,
  rows: SearchOutput,
  test: ElementTest | undefined,
): Promise<readonly (readonly Element[])[]> {
  const { field, index, parameters } = plan;
  const { offset, limit, radius } = parameters;
  const columnOf = (id: number) => rows.columns.find((candidate) => candidate.field.id === id)!.column;
  const lists = columnOf(field.id) as BytesColumn;
  const vectorBytes = vectorRowBytes(field.elementType!, field.dimension!);
  const from = lists.offsets[0]!;
  const vectors = lists.bytes.subarray(from, lists.offsets[lists.rowCount]!);
  const score = vectorScores(index.metricType, field.elementType!, field.dimension!, queries.data, vectors);
  const chosen = test?.met({ rowCount: lists.rowCount, column: columnOf });
  const sign = largerIsNearer(index.metricType) ? -1 : 1;
  const outer = radius === undefined ? Number.POSITIVE_INFINITY : sign * radius;
  const found: Element[][] = [];
  let row = 0;
  let sinceTurn = 0;
  for (let query = 0; query < rows.counts.length; query++) {
    const elements: Element[] = [];
    for (const end = row + rows.counts[query]!; row < end; row++) {
      const first = (lists.offsets[row]! - from) / vectorBytes;
      const count = (lists.offsets[row + 1]! - lists.offsets[row]!) / vectorBytes;
      for (let i = 0; i < count; i++) {
        if (chosen && !testBit(chosen.met, chosen.starts[row]! + i)) continue;
        const element = { row, index: i, score: Math.fround(score(query, first + i)) };
        if (sign * element.score < outer) elements.push(element);
      }
      sinceTurn += count;
      if (sinceTurn < ELEMENTS_PER_TURN) continue;
      sinceTurn = 0;
      await nextTurn();
    }
    // Rows come in the order of their nearest elements, equal ones by key: that order stays.
    elements.sort((a, b) => sign * (a.score - b.score) || a.row - b.row || a.index - b.index);
    found.push(elements.slice(offset, offset + limit));
  }
  return found;
}

function withElements(plan: SearchPlan, rows: SearchOutput, found: readonly (readonly Element[])[]): SearchOutput {
  const elements = found.flat();
  const places = Uint32Array.from(elements, ({ row }) => row);
  const { keys } = rows;
  return {
    ...rows,
    topK: plan.parameters.limit,
    counts: Uint32Array.from(found, ({ length }) => length),
    scores: roundScores(
      Float32Array.from(elements, ({ score }) => score),
      plan.parameters.roundDecimal,
    ),
    keys:
      keys instanceof BigInt64Array
        ? BigInt64Array.from(places, (row) => keys[row]!)
        : Array.from(places, (row) => keys[row]!),
    columns: rows.columns.slice(0, plan.output.fields.length).map((named) => {
      return { ...named, column: gatherColumn(named.column, places) };
    }),
    elementIndices: Uint32Array.from(elements, ({ index }) => index),
  };
}

function notSupported(what: string): BraidError {
  return new BraidError('notSupported', `${what} is not supported by this server`);
}
