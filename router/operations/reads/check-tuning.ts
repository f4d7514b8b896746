import { BraidError } from '../../../core/errors.ts';
import type { SearchTuning } from './parse-tuning.ts';

/** What of a search must not be below the number of hits, and its name in knowhere's message (src/index/*_config.h). */
const NOT_BELOW_HITS: ReadonlyMap<string, readonly [name: string, of: keyof SearchTuning]> = new Map([
  ['HNSW', ['ef', 'expansion']],
  ['HNSW_SQ', ['ef', 'expansion']],
  ['DISKANN', ['search_list_size', 'expansion']],
  ['SCANN', ['reorder_k', 'reorderCount']],
]);

/** `hitCount` is the number of hits wanted per query, those that `offset` skips included. Throws in Milvus' words. */
export function checkTuning(indexType: string, tuning: SearchTuning, hitCount: number): void {
  const rule = NOT_BELOW_HITS.get(indexType.toUpperCase());
  if (!rule) return;
  const [name, of] = rule;
  if (tuning[of] === 0 || tuning[of] >= hitCount) return;
  throw new BraidError('parameterInvalid', `${name}(${tuning[of]}) should be larger than k(${hitCount})`);
}
