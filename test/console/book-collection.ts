import { DataType, type MilvusClient } from '@zilliz/milvus2-sdk-node';
import type { Deployment } from '../e2e/deployments.ts';

export const BOOKS = 'books';
export const DIM = 16;
const SEGMENTS = 4;
const ROWS_EACH = 250;
const SUBJECTS = ['braiding', 'rivers', 'clocks', 'gardens'] as const;

/** Some sealed segments and some rows that are not sealed yet. */
export async function createBooks(client: MilvusClient): Promise<void> {
  await client.createCollection({
    collection_name: BOOKS,
    description: 'Books and what they are about',
    consistency_level: 'Strong',
    fields: [
      { name: 'id', data_type: DataType.Int64, is_primary_key: true },
      { name: 'vector', data_type: DataType.FloatVector, dim: DIM },
      { name: 'title', data_type: DataType.VarChar, max_length: 100 },
      { name: 'year', data_type: DataType.Int32 },
    ],
    index_params: [{ field_name: 'vector', index_type: 'HNSW', metric_type: 'COSINE', params: { M: 16 } }],
  });
  await client.loadCollectionSync({ collection_name: BOOKS });
  for (let batch = 0; batch < SEGMENTS; batch++) {
    await client.insert({ collection_name: BOOKS, data: books(batch * ROWS_EACH, ROWS_EACH) });
    await client.flushSync({ collection_names: [BOOKS] });
  }
  await client.insert({ collection_name: BOOKS, data: books(SEGMENTS * ROWS_EACH, 20) });
}

export function vectorOf(id: number): number[] {
  return Array.from({ length: DIM }, (_, d) => Math.sin(id * 0.37 + d));
}

/** Of the router: the process that was started last. */
export function consoleOf({ processes }: Deployment): string {
  return `http://127.0.0.1:${processes.started.at(-1)!.managementPort}`;
}

function books(from: number, count: number) {
  return Array.from({ length: count }, (_, i) => {
    const id = from + i;
    return {
      id,
      vector: vectorOf(id),
      title: `On ${SUBJECTS[id % SUBJECTS.length]}, volume ${id}`,
      year: 1900 + (id % 120),
    };
  });
}
