import { timeToLiveMs } from '../../../core/schema/validate-properties.ts';
import type { Timestamp } from '../../../core/timestamps.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { NamedColumn } from '../named-column.ts';
import type { SearchPlan } from './plan-search.ts';
import type { ReadRun } from './read-run.ts';
import { wantedTimestamp } from './resolve-guarantee.ts';
import type { SearchInput, SearchOutput } from './search.ts';
import { SeenUntil } from './seen-until.ts';

type AnswerSearch = (run: ReadRun) => Promise<SearchOutput>;

/** What an answer must have seen to be given once more. */
interface Requirement {
  readonly timestamp: Timestamp;
  /** The writer's version of the view, where the level asks for the present. */
  readonly viewVersion: number | undefined;
}

/**
 * A search whose answer may come from the result cache, where that is on. A kept answer is given only if it has seen every write that the request's consistency level promises:
 *
 * - Strong: the writer is asked for the newest write of the collection and for the version of its view. The answer must have seen that write, and be of that version (imports and
 *   truncations change it without a write).
 * - Session, or any timestamp: the answer must have seen every write up to it.
 * - Bounded: every write up to five seconds ago. Unlike an answer that is made anew, it need not have the rows of the last seconds.
 * - Eventually: any, as old as the setting allows.
 *
 * Never kept: what depends on more than that. Collections whose rows expire (the clock decides), pages of iterators, searches by keys, repeated reads, answers without a writer.
 */
export async function keptSearch(
  cluster: Cluster,
  plan: SearchPlan,
  input: SearchInput,
  run: ReadRun,
  answer: AnswerSearch,
): Promise<SearchOutput> {
  const { results, metrics } = cluster;
  const key =
    results && isKeepable(plan, input, run) ? results.keyOf(questionOf(cluster, plan, input, run)) : undefined;
  if (!results || key === undefined) return answer(run);
  const required = await requirementOf(cluster, plan, input, run);
  const kept = await results.get(key);
  if (kept && kept.completeUntil >= required.timestamp && isOfVersion(kept.viewVersion, required.viewVersion)) {
    metrics.resultCache('hit');
    return withFieldsOf(plan, kept.output as SearchOutput);
  }
  metrics.resultCache(kept ? 'stale' : 'miss');
  const seen = new SeenUntil();
  const output = await answer({ ...run, seen });
  if (seen.timestamp !== undefined)
    void results.put(key, { completeUntil: seen.timestamp, viewVersion: required.viewVersion, output });
  return output;
}

function isOfVersion(kept: number | undefined, required: number | undefined): boolean {
  return required === undefined || kept === required;
}

function isKeepable({ target, parameters }: SearchPlan, { queries }: SearchInput, { isRepeated }: ReadRun): boolean {
  const { properties } = target.collection;
  const expires = timeToLiveMs(properties) !== undefined || properties['ttl_field'] !== undefined;
  return !isRepeated && !expires && !parameters.iteration && queries.kind !== 'keys';
}

/** Everything that decides the answer but the rows themselves. */
function questionOf(cluster: Cluster, { target }: SearchPlan, input: SearchInput, { context }: ReadRun): unknown {
  const { collection, partitionIds } = target;
  const { consistency: _, ...request } = input;
  return [
    context.database,
    context.principal?.user,
    collection.id,
    collection.updatedTimestamp,
    cluster.catalog.current.viewVersions.get(collection.id),
    partitionIds,
    request,
  ];
}

async function requirementOf(
  cluster: Cluster,
  { target }: SearchPlan,
  input: SearchInput,
  { context }: ReadRun,
): Promise<Requirement> {
  const wanted = wantedTimestamp(cluster, target.collection, input.consistency);
  if (wanted !== 'strong') return { timestamp: wanted.timestamp, viewVersion: undefined };
  const { lastWrite, viewVersion } = await cluster.writer.timestamp(context, target.collection.id);
  return { timestamp: lastWrite, viewVersion };
}

/** The same fields, not copies of them: some of the house compares them as objects. */
function withFieldsOf({ target, primary }: SearchPlan, output: SearchOutput): SearchOutput {
  const fields = new Map(target.collection.schema.fields.map((field) => [field.id, field]));
  const own = (column: NamedColumn): NamedColumn => ({ ...column, field: fields.get(column.field.id) ?? column.field });
  return {
    ...output,
    primaryField: primary,
    columns: output.columns.map(own),
    groupValues: output.groupValues && own(output.groupValues),
  };
}
