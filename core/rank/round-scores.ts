/** Half up to so many decimals, as Milvus rounds; undefined: as they are. */
export function roundScores(scores: Float32Array, decimals: number | undefined): Float32Array {
  if (decimals === undefined) return scores;
  const factor = 10 ** decimals;
  return scores.map((score) => Math.floor(score * factor + 0.5) / factor);
}
