import type { ApiClient } from './api-client.ts';
import { describeCollection } from './collection-description.ts';

interface Hit {
  readonly distance: number;
}

/**
 * Share of the nearest rows that plain searches find, over the first of these bodies (with one query each): 0 to 1. What is nearest says the first page of a search iterator, which Braid
 * answers by exact search; other servers may not. Rows as far as the last exact one count as found, whichever of them came.
 */
export async function measureRecall(
  client: ApiClient,
  bodies: readonly { readonly collectionName: string; readonly limit: number; readonly annsField?: string }[],
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (done: number) => void },
): Promise<number> {
  const { collectionName } = bodies[0]!;
  const { fields, indexes } = await describeCollection(client, collectionName);
  const primaryName = fields.find(({ primaryKey }) => primaryKey)!.name;
  const [index] = indexes.filter(
    ({ fieldName }) => bodies[0]!.annsField === undefined || fieldName === bodies[0]!.annsField,
  );
  const larger = index === undefined || !['L2', 'HAMMING', 'JACCARD'].includes(index.metricType);
  let found = 0;
  let wanted = 0;
  for (const [done, body] of bodies.entries()) {
    if (signal.aborted) break;
    onProgress(done);
    const outputFields = [primaryName];
    const hits = await client.call<readonly Hit[]>('entities/search', { ...body, outputFields });
    const params = { iterator: 'True', search_iter_v2: 'True', search_iter_batch_size: body.limit };
    const exact = await client.call<readonly Hit[]>('entities/search', { ...body, outputFields, searchParams: params });
    const last = exact.at(-1)?.distance;
    if (last === undefined) continue;
    const bound = last + (larger ? -1 : 1) * Math.abs(last) * ROUNDING;
    found += Math.min(
      exact.length,
      hits.filter(({ distance }) => (larger ? distance >= bound : distance <= bound)).length,
    );
    wanted += exact.length;
  }
  return wanted === 0 ? Number.NaN : found / wanted;
}

/** Distances of both ways may differ in their last digits. */
const ROUNDING = 1e-5;
