import { createReadStream, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';

export const DIMENSION = 512;

/** The sample that ships with the project. */
export const SAMPLE_FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'data');

export interface DebianPackage {
  readonly id: number;
  readonly name: string;
  readonly section: string;
  readonly priority: string;
  /** Bytes of the package. */
  readonly size: number;
  /** KiB once installed. */
  readonly installed: number;
  readonly tags: readonly string[];
  readonly summary: string;
}

export interface Dataset {
  readonly packages: readonly DebianPackage[];
  /** Row-major, `DIMENSION` per package, unit length. */
  readonly vectors: Float32Array;
}

/** Reads `packages.jsonl.gz` and `vectors.f16` of a folder. */
export async function readDataset(folder: string): Promise<Dataset> {
  const packages: DebianPackage[] = [];
  const lines = createInterface({ input: createReadStream(join(folder, 'packages.jsonl.gz')).pipe(createGunzip()) });
  for await (const line of lines) packages.push(JSON.parse(line) as DebianPackage);
  const file = readFileSync(join(folder, 'vectors.f16'));
  const halves = new Float16Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength));
  if (halves.length !== packages.length * DIMENSION) {
    throw new Error(`${folder}: ${halves.length} numbers for ${packages.length} packages of ${DIMENSION} dimensions`);
  }
  return { packages, vectors: Float32Array.from(halves) };
}

export function vectorOf(dataset: Dataset, row: number): Float32Array {
  return dataset.vectors.subarray(row * DIMENSION, (row + 1) * DIMENSION);
}
