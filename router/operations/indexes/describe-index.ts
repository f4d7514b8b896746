import type { IndexRecord } from '../../../core/catalog.ts';
import { BraidError } from '../../../core/errors.ts';
import { fieldById } from '../../../core/schema/collection-schema.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { RequestContext } from '../request-context.ts';
import { findIndexes } from './find-indexes.ts';

/** Either may be empty; both empty: all indexes of the collection. */
export interface DescribeIndexInput {
  readonly collection: string;
  readonly indexName: string;
  readonly field: string;
}

/** All rows are searched by its metric, also those that wait to be rewritten for it. */
export interface DescribedIndex {
  readonly index: IndexRecord;
  readonly fieldName: string;
  /** `index_type`, `metric_type` and what the client sent. */
  readonly params: Readonly<Record<string, string>>;
  readonly totalRowCount: number;
  readonly indexedRowCount: number;
  /** Rows of sealed segments that were written for another index of the field. */
  readonly pendingRowCount: number;
  /** `inProgress` while rows wait, `failed` when the last try to rewrite some of them failed. */
  readonly state: 'finished' | 'inProgress' | 'failed';
  readonly failedReason: string;
}

/** Nothing found: `indexNotFound`. Serves DescribeIndex, GetIndexStatistics, GetIndexState and GetIndexBuildProgress. */
export async function describeIndex(
  cluster: Cluster,
  context: RequestContext,
  input: DescribeIndexInput,
): Promise<readonly DescribedIndex[]> {
  const { collection, indexes } = await cluster.catalog.read((catalog) => {
    const found = catalog.collection(context.database, input.collection);
    const matching = findIndexes(found, input);
    if (matching.length === 0) {
      throw new BraidError(
        'indexNotFound',
        `index not found[collection=${found.name}][indexName=${input.indexName}][field=${input.field}]`,
      );
    }
    return { collection: found, indexes: matching };
  });
  const { rowCount, pendingIndexes } = await cluster.writer.statistics(context, collection.id, []);
  return indexes.map((index) => {
    const pending = pendingIndexes.find(({ fieldId }) => fieldId === index.fieldId);
    const pendingRowCount = pending?.rowCount ?? 0;
    const failedReason = pending?.failedReason ?? '';
    return {
      index,
      fieldName: fieldById(collection.schema, index.fieldId)?.name ?? '',
      params: {
        ...index.params,
        index_type: index.indexType,
        ...(index.metricType && { metric_type: index.metricType }),
      },
      totalRowCount: rowCount,
      indexedRowCount: rowCount - pendingRowCount,
      pendingRowCount,
      state: failedReason !== '' ? 'failed' : pendingRowCount > 0 ? 'inProgress' : 'finished',
      failedReason,
    };
  });
}
