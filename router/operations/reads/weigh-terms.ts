import type { TermStatisticsResponse } from '../../../proto/generated/node.ts';
import { arrayFrom, bytesOf } from '../../../proto/node-protocol/column-codec.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { HitsRequest } from './find-hits.ts';
import { type ReadRun, scatterRead } from './read-run.ts';

const WORDS_PER_PAIR = 2;

/**
 * A BM25 search as nodes take it (other searches are returned as they are). Weighs the terms of the queries by how rare they are among all rows that the search sees, on all nodes: weight = frequency in the query x ln(1 + (n - r + 0.5) / (r + 0.5)) with n rows
 * of which r have the term (Robertson & Zaragoza 2009; Milvus: BM25Stats.BuildIDF). Rows that are deleted, or stored twice, count until compaction; filters do not.
 */
export async function weighTerms(cluster: Cluster, request: HitsRequest, run: ReadRun): Promise<HitsRequest> {
  const { plan, queries, routing } = request;
  if (plan.index.metricType !== 'BM25') return request;
  const words = arrayFrom(Uint32Array, queries.data);
  const terms = distinctTerms(words);
  const answers = await scatterRead<TermStatisticsResponse>(
    cluster,
    'termStatistics',
    plan.target,
    routing,
    run,
    (shard, scope, context, signal) => {
      const { ignoreGrowing } = plan.parameters;
      const asked = { context, scope, fieldId: plan.field.id, terms: bytesOf(terms), ignoreGrowing };
      return shard.termStatistics(asked, signal);
    },
  );
  const rowCounts = new Float64Array(terms.length);
  let rowCount = 0;
  let termCount = 0;
  for (const { response } of answers) {
    rowCount += response.rowCount;
    termCount += response.termCount;
    arrayFrom(Float64Array, response.rowCounts).forEach((count, i) => {
      rowCounts[i]! += count;
    });
  }
  const rarity = new Map<number, number>();
  terms.forEach((term, i) => {
    rarity.set(term, Math.log(1 + (rowCount - rowCounts[i]! + 0.5) / (rowCounts[i]! + 0.5)));
  });
  return {
    ...request,
    queries: { ...queries, data: weighed(words, rarity) },
    averageTermCount: Math.max(1, termCount / Math.max(1, rowCount)),
  };
}

function distinctTerms(words: Uint32Array): Uint32Array {
  const terms = new Set<number>();
  for (let at = 0; at < words.length; at += WORDS_PER_PAIR) terms.add(words[at]!);
  return Uint32Array.from(terms).sort();
}

function weighed(words: Uint32Array, rarity: ReadonlyMap<number, number>): Uint8Array {
  const weighedWords = words.slice();
  const values = new Float32Array(weighedWords.buffer, weighedWords.byteOffset, weighedWords.length);
  for (let at = 0; at < words.length; at += WORDS_PER_PAIR) values[at + 1]! *= rarity.get(words[at]!)!;
  return bytesOf(weighedWords);
}
