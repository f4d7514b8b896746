import { ConsistencyLevel } from '../../../../core/catalog.ts';
import { BraidError } from '../../../../core/errors.ts';
import { LIMITS } from '../../../../core/limits.ts';
import { largerIsNearer } from '../../../../core/metric.ts';
import type { Cluster } from '../../../cluster/cluster.ts';
import { columnsOf, fetchedFields, outputOf, queriesOf } from '../answer-search.ts';
import { type FoundHits, findHits, type HitsRequest } from '../find-hits.ts';
import type { MergedAnswers } from '../merge-answers.ts';
import { parseWholeNumber } from '../parse-number.ts';
import type { SearchPlan } from '../plan-search.ts';
import type { ReadConsistency } from '../read-consistency.ts';
import { getRouting, type ReadRun } from '../read-run.ts';
import type { SearchInput, SearchOutput } from '../search.ts';
import { cutPage, type Page } from './cut-page.ts';
import { encodeToken } from './iteration-token.ts';
import { nextFloat32 } from './next-float32.ts';
import type { Iteration } from './parse-iteration.ts';

/**
 * One page of a search iterator: the rows right after those of the last page, by exact search. No state is kept between pages: what is needed travels with the client.
 *
 * A row that is there, unchanged, from the first page to the last is given exactly once. Rows that are inserted, changed or deleted meanwhile may be given as they were, as they are, or not
 * at all: pages see at least what the first one saw (its `session_ts` is their guarantee), but later writes too.
 */
export async function answerPage(
  cluster: Cluster,
  plan: SearchPlan,
  iteration: Iteration,
  input: SearchInput,
  run: ReadRun,
): Promise<SearchOutput> {
  const queries = await queriesOf(cluster, plan, input, run);
  if (queries.queryCount !== 1) {
    throw new BraidError(
      'parameterInvalid',
      `search iterator v2 does not support nq > 1, but got ${queries.queryCount}`,
    );
  }
  const routing = await getRouting(cluster, plan.target, consistencyOf(input), run);
  const { rangeFilter } = plan.parameters;
  const from = { ...plan, parameters: { ...plan.parameters, rangeFilter: startOf(plan, iteration) ?? rangeFilter } };
  const fieldIds = fetchedFields(plan).map((field) => field.id);
  const request = { plan: from, templates: input.templates, queries, routing, offset: 0, limit: 0, fieldIds };
  const { found, page } = await findPage(cluster, request, iteration, run);
  const { end } = page;
  const shown = { answers: found.answers, merged: sliceHits(found.merged, page) };
  const output = outputOf(plan, queries, shown, await columnsOf(cluster, plan, shown, true, run));
  return { ...output, iteration: { token: encodeToken(end), lastBound: end.bound ?? 0 } };
}

/** Asks for as many hits as it takes to see where the page ends. */
async function findPage(
  cluster: Cluster,
  request: HitsRequest,
  iteration: Iteration,
  run: ReadRun,
): Promise<{ readonly found: FoundHits; readonly page: Page }> {
  let limit = iteration.after.givenCount + iteration.batchSize + 1;
  for (;;) {
    const found = await findHits(cluster, { ...request, limit: Math.min(limit, LIMITS.nodeHitsMax) }, run);
    const { scores, keys } = found.merged;
    const page = cutPage({ scores, keys, isAll: scores.length < Math.min(limit, LIMITS.nodeHitsMax) }, iteration);
    if (page) return { found, page };
    if (limit >= LIMITS.nodeHitsMax) {
      const score = scores.at(-1);
      const message = `more than ${LIMITS.nodeHitsMax / 2} rows have the same score (${score}): an iterator cannot pass them, add a filter`;
      throw new BraidError('parameterInvalid', message);
    }
    limit *= 2;
  }
}

/** Where the range of a page begins: at the bound if rows of its score are left, else right after it. */
function startOf({ index, parameters: { rangeFilter } }: SearchPlan, { after }: Iteration): number | undefined {
  const { bound, key } = after;
  if (bound === undefined) return undefined;
  const isUpwards = !largerIsNearer(index.metricType);
  const start = key === undefined ? nextFloat32(bound, isUpwards) : bound;
  if (rangeFilter === undefined) return start;
  return isUpwards ? Math.max(rangeFilter, start) : Math.min(rangeFilter, start);
}

/** The Node SDK sends the snapshot of the pages among the search parameters. */
function consistencyOf({ consistency, parameters }: SearchInput): ReadConsistency {
  const text = parameters.get('guarantee_timestamp')?.replaceAll('"', '') ?? '0';
  if (!/^\d+$/.test(text) || parseWholeNumber(text) === 0) return consistency;
  return { useDefault: false, level: ConsistencyLevel.Customized, guaranteeTimestamp: BigInt(text) };
}

function sliceHits({ lists, rows, scores, keys }: MergedAnswers, { from, to }: Page): MergedAnswers {
  return {
    counts: Uint32Array.of(to - from),
    lists: lists.subarray(from, to),
    rows: rows.subarray(from, to),
    scores: scores.subarray(from, to),
    keys: keys instanceof BigInt64Array ? keys.subarray(from, to) : keys.slice(from, to),
    isShort: false,
  };
}
