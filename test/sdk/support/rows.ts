import { setTimeout as sleep } from 'node:timers/promises';
import { type CreateCollectionReq, DataType, type FieldType, type RowData } from '@zilliz/milvus2-sdk-node';
import { randomOf } from '../../e2e/row-model.ts';
import { ok } from './answers.ts';
import type { Sdk } from './chapter.ts';

export type Metric = 'L2' | 'IP' | 'COSINE';

/** A vector that follows from its number; components in [-1, 1), exact as float32. */
export function vectorOf(i: number, dim: number): number[] {
  const random = randomOf(i * 2_654_435_761 + dim);
  return Array.from({ length: dim }, () => Math.fround(random() * 2 - 1));
}

export const keyField: FieldType = { name: 'id', data_type: DataType.Int64, is_primary_key: true };
export const vectorField = (dim: number): FieldType => ({ name: 'vector', data_type: DataType.FloatVector, dim });

export interface LoadedCollection extends Partial<Omit<CreateCollectionReq, 'fields'>> {
  readonly fields: FieldType[];
  /** Of the field `vector` unless it names another. */
  readonly index: object;
  readonly rows?: readonly RowData[];
}

/** Creates a collection with consistency Strong and one index, loads it and inserts the rows; returns its name. */
export async function createLoaded(sdk: Sdk, base: string, options: LoadedCollection): Promise<string> {
  const { fields, index, rows = [], ...more } = options;
  const collection_name = sdk.name(base);
  ok(
    await sdk.client.createCollection({
      collection_name,
      fields,
      consistency_level: 'Strong',
      index_params: [{ field_name: 'vector', ...index }] as never,
      ...more,
    } as CreateCollectionReq),
  );
  await load(sdk, collection_name);
  if (rows.length > 0) ok(await sdk.client.insert({ collection_name, data: [...rows] }));
  return collection_name;
}

/** What `loadCollectionSync` of the SDK does, without its half seconds of sleep. */
export async function load(sdk: Sdk, collection_name: string): Promise<void> {
  ok(await sdk.client.loadCollectionAsync({ collection_name }));
  await until(async () => (await sdk.client.getLoadState({ collection_name })).state === 'LoadStateLoaded');
}

/** Asks again until it is so; for what a server does on its own. */
export async function until(isSo: () => Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`it is not so after ${timeoutMs} ms: ${isSo}`);
    await sleep(10);
  }
}

export interface ExactHit {
  readonly id: number;
  readonly score: number;
}

/** Score as Milvus gives it: squared distance for L2. */
export function scoreOf(metric: Metric, left: readonly number[], right: readonly number[]): number {
  let dot = 0;
  let distance = 0;
  let leftSquares = 0;
  let rightSquares = 0;
  for (let i = 0; i < left.length; i++) {
    dot += left[i]! * right[i]!;
    distance += (left[i]! - right[i]!) ** 2;
    leftSquares += left[i]! ** 2;
    rightSquares += right[i]! ** 2;
  }
  if (metric === 'L2') return distance;
  return metric === 'IP' ? dot : dot / Math.sqrt(leftSquares * rightSquares);
}

/** All rows, best first: what a search must find. */
export function exactHits(
  rows: readonly { readonly id: number; readonly vector: readonly number[] }[],
  query: readonly number[],
  metric: Metric,
): ExactHit[] {
  const hits = rows.map(({ id, vector }) => ({ id, score: scoreOf(metric, query, vector) }));
  return hits.sort((left, right) => (metric === 'L2' ? left.score - right.score : right.score - left.score));
}

/** Rows 0..count-1 with a vector and what else is wanted. */
export function rowsOf<Row extends object>(count: number, dim: number, more: (i: number) => Row) {
  return Array.from({ length: count }, (_, i) => ({ id: i, vector: vectorOf(i, dim), ...more(i) }));
}
