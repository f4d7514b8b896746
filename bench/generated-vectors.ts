/** Vectors that look like embeddings: clusters of very different sizes in a space of low intrinsic dimension, from a seed. */

const CLUSTERS = 200;
/** Directions in which the vectors of a cluster differ: what makes a graph index work about as hard as on text embeddings. */
const LATENT_DIMENSIONS = 24;

/** `count` unit vectors of `dimension` numbers, row-major. The same seed gives the same vectors. */
export function generateVectors(count: number, dimension: number, seed: number): Float32Array {
  const random = randomNumbers(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const matrix = (rows: number): Float32Array => Float32Array.from({ length: rows * dimension }, normal);
  const centres = matrix(CLUSTERS);
  const directions = matrix(LATENT_DIMENSIONS);
  const vectors = new Float32Array(count * dimension);
  const latent = new Float32Array(LATENT_DIMENSIONS);
  for (let row = 0; row < count; row++) {
    // Zipf: the first cluster is about a hundred times as large as the last.
    const cluster = Math.floor(CLUSTERS ** random()) - 1;
    for (let i = 0; i < LATENT_DIMENSIONS; i++) latent[i] = normal();
    const vector = vectors.subarray(row * dimension, (row + 1) * dimension);
    for (let d = 0; d < dimension; d++) {
      let value = centres[cluster * dimension + d]! + 0.05 * normal();
      for (let i = 0; i < LATENT_DIMENSIONS; i++) value += 0.25 * latent[i]! * directions[i * dimension + d]!;
      vector[d] = value;
    }
    normalise(vector);
  }
  return vectors;
}

function normalise(vector: Float32Array): void {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const factor = 1 / Math.sqrt(squares);
  for (let i = 0; i < vector.length; i++) vector[i]! *= factor;
}

/** Mulberry32: small, fast, good enough for data. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
