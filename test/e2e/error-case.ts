import type { MilvusClient } from '@zilliz/milvus2-sdk-node';

/** Collections the cases speak of: one loaded, of this dimension, metric L2 and without dynamic fields; one with an index that is not loaded. */
export const LOADED = 'errors_loaded';
export const UNLOADED = 'errors_unloaded';
export const DIM = 8;

interface Status {
  readonly code?: number;
  readonly error_code: string | number;
  readonly reason: string;
}

export interface ErrorCase {
  readonly name: string;
  /** Absent where the SDK cannot send such a request. */
  readonly sdk?: (client: MilvusClient) => Promise<Status | { readonly status: Status }>;
  readonly rest?: readonly [path: string, body: object | string];
  readonly code: number;
  /** REST has a few codes of its own. */
  readonly restCode?: number;
  /** Milvus' older code, by name. */
  readonly legacy: string;
  readonly message: RegExp;
  /** Where REST must use other words. */
  readonly restMessage?: RegExp;
}

export const vectorOf = (i: number): number[] => Array.from({ length: DIM }, (_, d) => Math.sin(i * 0.7 + d));

export const query = vectorOf(1);
export const loaded = { collection_name: LOADED };
export const loadedRest = { collectionName: LOADED };
