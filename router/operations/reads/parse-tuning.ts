import { BraidError } from '../../../core/errors.ts';
import { parseWholeNumber } from './parse-number.ts';

/** How hard the index works for the answer. What an index has no use for, it ignores; 0 says nothing: the node's default. */
export interface SearchTuning {
  /** Breadth of the walk over a graph: `ef` of HNSW, `search_list` of DISKANN. */
  readonly expansion: number;
  /** Lists of an IVF index that are looked into: `nprobe`. */
  readonly probeCount: number;
  /** Candidates measured again on the exact rows: `reorder_k` of SCANN, `refine_k` (times k) of the quantised indexes. */
  readonly reorderCount: number;
  /** Share of the smallest values of a sparse query that may be left out: `drop_ratio_search`. */
  readonly dropRatio: number;
}

/** Ranges and words are those of knowhere (src/index/.../*_config.h). */
const INT32_MAX = 2_147_483_647;
const PROBES_MAX = 65_536;
/** More than a node has any use for; larger values are taken as this one. */
const EXPANSION_MAX = 65_536;
const REORDER_MAX = 65_536;

/** `text` gives a parameter as it was sent, wherever it was; `hitCount` is the number of hits wanted per query. */
export function parseTuning(text: (name: string) => string | undefined, hitCount: number): SearchTuning {
  const count = (name: string, most: number): number => parseCount(name, text(name), most);
  const expansion = count('ef', INT32_MAX) || count('search_list', INT32_MAX) || count('search_list_size', INT32_MAX);
  const refined = Math.ceil(parseReal('refine_k', text('refine_k'), 1, Number.POSITIVE_INFINITY) * hitCount);
  return {
    expansion: Math.min(expansion, EXPANSION_MAX),
    probeCount: count('nprobe', PROBES_MAX),
    reorderCount: Math.min(count('reorder_k', INT32_MAX) || refined, REORDER_MAX),
    dropRatio: parseReal('drop_ratio_search', text('drop_ratio_search'), 0, 1),
  };
}

function parseCount(name: string, text: string | undefined, most: number): number {
  if (isUnset(text)) return 0;
  const count = parseWholeNumber(text);
  if (count === undefined || count < 1 || count > most) throw outOfRange(name, text, `[1, ${most}]`);
  return count;
}

/** From `least` to below `end`; 0 when nothing was said. */
function parseReal(name: string, text: string | undefined, least: number, end: number): number {
  if (isUnset(text)) return 0;
  const value = Number(text.replaceAll('"', ''));
  if (!Number.isFinite(value) || value < least || value >= end) {
    throw outOfRange(name, text, `[${least}, ${Number.isFinite(end) ? end : 'inf'})`);
  }
  return value;
}

function isUnset(text: string | undefined): text is undefined {
  return text === undefined || text.trim() === '' || text === 'null';
}

function outOfRange(name: string, text: string, range: string): BraidError {
  return new BraidError(
    'parameterInvalid',
    `Out of range in json: param '${name}' (${text}) should be in range ${range}`,
  );
}
