import type { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { COLLECTION, expectSuccess } from './collection.ts';
import { type Dataset, vectorOf } from './dataset.ts';

export interface Found {
  readonly id: string;
  readonly name: string;
  readonly section: string;
  readonly size: string;
  readonly summary: string;
  readonly score: number;
}

/** Packages whose description is near that of `name`, best first. */
export async function packagesLike(
  client: MilvusClient,
  dataset: Dataset,
  name: string,
  options: { readonly filter?: string; readonly limit?: number } = {},
): Promise<readonly Found[]> {
  const row = dataset.packages.findIndex((item) => item.name === name);
  if (row < 0) throw new Error(`no package is named ${name} in this data`);
  const answer = await expectSuccess(
    client.search({
      collection_name: COLLECTION,
      data: Array.from(vectorOf(dataset, row)),
      filter: options.filter ?? '',
      limit: options.limit ?? 6,
      output_fields: ['id', 'name', 'section', 'size', 'summary'],
    }),
  );
  return answer.results as unknown as readonly Found[];
}

/** The searches a person may enjoy, with what to say above each. */
export const SEARCHES = [
  { title: 'Packages like "redis-server"', name: 'redis-server', filter: '' },
  {
    title: 'Like "0ad", but smaller than 1 MB, and a game',
    name: '0ad',
    filter: 'section == "games" and size < 1000000',
  },
  { title: 'Like "nginx", but not in section httpd', name: 'nginx', filter: 'section != "httpd"' },
  {
    title: 'Like "vim", whose tags say: for programming',
    name: 'vim',
    filter: 'json_contains(tags, "devel::editor") or json_contains(tags, "works-with::software:source")',
  },
  {
    title: 'Like "nethack-console", name begins with "lib" or "angband"',
    name: 'nethack-console',
    filter: 'name like "lib%" or name like "angband%"',
  },
] as const;

/** Exact nearest packages, computed here: what the answers are measured against. */
export function exactNeighbours(dataset: Dataset, row: number, limit: number): readonly number[] {
  const query = vectorOf(dataset, row);
  const scores = dataset.packages.map((_, other) => {
    const vector = vectorOf(dataset, other);
    let dot = 0;
    for (let i = 0; i < query.length; i++) dot += query[i]! * vector[i]!;
    return dot;
  });
  const order = scores.map((_, other) => other).sort((left, right) => scores[right]! - scores[left]!);
  return order.slice(0, limit).map((other) => dataset.packages[other]!.id);
}

export function printFound(title: string, found: readonly Found[], milliseconds: number): void {
  console.log(`\n${title}  (${milliseconds.toFixed(1)} ms)`);
  for (const item of found) {
    const size = `${(Number(item.size) / 1000).toFixed(0)} kB`;
    console.log(
      `  ${item.score.toFixed(3)}  ${item.name.padEnd(30).slice(0, 30)} ${item.section.padEnd(10)} ${size.padStart(10)}  ${item.summary.slice(0, 60)}`,
    );
  }
}
