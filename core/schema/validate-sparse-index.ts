import { BraidError } from '../errors.ts';

/** How a posting list may be walked in Milvus; here one way serves all, with the same results. */
const ALGORITHMS = ['TAAT_NAIVE', 'DAAT_WAND', 'DAAT_MAXSCORE'] as const;

/** Bounds of the parameters of sparse indexes (knowhere, sparse_index_config). */
const RANGES = {
  bm25_k1: { min: 0, max: 3 },
  bm25_b: { min: 0, max: 1 },
} as const;

/** Checks the flattened parameters of an index of a sparse vector field. Throws `parameterInvalid` in Milvus' words. */
export function checkSparseIndex(params: Readonly<Record<string, string>>, isBm25Output: boolean): void {
  const metric = params['metric_type'];
  if (isBm25Output && metric !== 'BM25') {
    throw invalid(`index metric type of BM25 function output field must be BM25, got ${metric}`);
  }
  if (!isBm25Output && metric === 'BM25') {
    throw invalid('only BM25 Function output field support BM25 metric type');
  }
  const algorithm = params['inverted_index_algo'];
  if (algorithm !== undefined && !ALGORITHMS.some((known) => known === algorithm)) {
    throw invalid(
      `sparse inverted index algo ${algorithm} not found or not supported, supported: [${ALGORITHMS.join(' ')}]`,
    );
  }
  for (const name of ['bm25_k1', 'bm25_b'] as const) {
    const { min, max } = RANGES[name];
    const value = numberOf(params[name]);
    if (value !== undefined && !(value >= min && value <= max)) {
      throw invalid(`invalid ${name}: ${params[name]}, must be in range [${min}, ${max}]`);
    }
  }
  const ratio = numberOf(params['drop_ratio_build']);
  if (ratio !== undefined && !(ratio >= 0 && ratio < 1)) {
    throw invalid(`invalid drop_ratio_build: ${params['drop_ratio_build']}, must be in range [0, 1)`);
  }
}

/** NaN for what is no number. */
function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : text.trim() === '' ? Number.NaN : Number(text);
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
