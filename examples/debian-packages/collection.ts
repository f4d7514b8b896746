import { DataType, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import { SingleBar } from 'cli-progress';
import { type Dataset, DIMENSION, vectorOf } from './dataset.ts';

export const COLLECTION = 'debian_packages';
const BATCH_ROWS = 500;

/** A collection as an application would make it: typed fields, the tags in the dynamic field, an HNSW index. Replaces an earlier one. */
export async function createCollection(client: MilvusClient): Promise<void> {
  await client.dropCollection({ collection_name: COLLECTION });
  await expectSuccess(
    client.createCollection({
      collection_name: COLLECTION,
      consistency_level: 'Bounded',
      enable_dynamic_field: true,
      fields: [
        { name: 'id', data_type: DataType.Int64, is_primary_key: true },
        { name: 'name', data_type: DataType.VarChar, max_length: 256 },
        { name: 'section', data_type: DataType.VarChar, max_length: 64 },
        { name: 'size', data_type: DataType.Int64 },
        { name: 'summary', data_type: DataType.VarChar, max_length: 1024 },
        { name: 'embedding', data_type: DataType.FloatVector, dim: DIMENSION },
      ],
      index_params: [
        { field_name: 'embedding', index_type: 'HNSW', metric_type: 'COSINE', params: { M: 16, efConstruction: 200 } },
      ],
    }),
  );
  await client.loadCollectionSync({ collection_name: COLLECTION });
}

/** Inserts every package with a progress bar, then flushes; resolves to acknowledged (durable) rows per second. */
export async function loadPackages(client: MilvusClient, dataset: Dataset): Promise<number> {
  const { packages } = dataset;
  const bar = new SingleBar({
    format: '  {bar} {value}/{total} packages  {speed} rows/s',
    hideCursor: true,
    clearOnComplete: false,
  });
  const started = performance.now();
  bar.start(packages.length, 0, { speed: 0 });
  for (let from = 0; from < packages.length; from += BATCH_ROWS) {
    const rows = packages.slice(from, from + BATCH_ROWS).map((item, i) => ({
      id: item.id,
      name: item.name,
      section: item.section,
      size: item.size,
      summary: item.summary,
      tags: item.tags,
      embedding: Array.from(vectorOf(dataset, from + i)),
    }));
    await expectSuccess(client.insert({ collection_name: COLLECTION, data: rows }));
    const done = Math.min(from + BATCH_ROWS, packages.length);
    bar.update(done, { speed: Math.round((done * 1000) / (performance.now() - started)) });
  }
  bar.stop();
  const rowsPerSecond = (packages.length * 1000) / (performance.now() - started);
  await client.flushSync({ collection_names: [COLLECTION] });
  return rowsPerSecond;
}

interface Answer {
  readonly status?: { readonly error_code?: string | number; readonly reason?: string };
  readonly error_code?: string | number;
  readonly reason?: string;
}

/** The SDK answers errors as values; the demo wants them thrown. */
export async function expectSuccess<T extends object>(call: Promise<T>): Promise<T> {
  const answer = await call;
  const status = (answer as Answer).status ?? (answer as Answer);
  if (status.error_code !== 'Success') throw new Error(`${status.error_code}: ${status.reason}`);
  return answer;
}
