import Type from 'typebox';
import { BraidError } from '../../../../core/errors.ts';
import type { DescribedIndex } from '../../../operations/indexes/describe-index.ts';
import type { Operations } from '../../../operations/operations.ts';
import type { RequestContext } from '../../../operations/request-context.ts';
import { CollectionBody, Name, Settings } from '../codec/bodies.ts';
import { createIndexes, IndexParams } from '../codec/index-params.ts';
import { textsOf } from '../codec/settings.ts';
import { answer, DONE, type Endpoint, endpoint } from '../endpoint.ts';

const IndexBody = Type.Object({ collectionName: Name, indexName: Name });

export const indexEndpoints: readonly Endpoint[] = [
  endpoint('indexes/list', CollectionBody, async ({ collectionName }, { operations, context }) => {
    const found = await indexesOf(operations, context, collectionName);
    return answer(found.map(({ index }) => index.name));
  }),

  endpoint('indexes/describe', IndexBody, async ({ collectionName, indexName }, { operations, context }) => {
    const found = await operations.describeIndex(context, { collection: collectionName, indexName, field: '' });
    return answer(found.map(describe));
  }),

  endpoint(
    'indexes/create',
    Type.Object({ collectionName: Name, indexParams: IndexParams }),
    async ({ collectionName, indexParams }, { operations, context }) => {
      await createIndexes(operations, context, collectionName, indexParams);
      return DONE;
    },
  ),

  endpoint('indexes/drop', IndexBody, async ({ collectionName, indexName }, { operations, context }) => {
    await operations.dropIndex(context, { collection: collectionName, indexName, field: '' });
    return DONE;
  }),

  endpoint(
    'indexes/alter_properties',
    Type.Object({ collectionName: Name, indexName: Name, properties: Settings }),
    async ({ collectionName, indexName, properties }, { operations, context }) => {
      const set = textsOf(properties);
      await operations.alterIndex(context, { collection: collectionName, indexName, set, unset: [] });
      return DONE;
    },
  ),

  endpoint(
    'indexes/drop_properties',
    Type.Object({ collectionName: Name, indexName: Name, propertyKeys: Type.Array(Type.String()) }),
    async ({ collectionName, indexName, propertyKeys }, { operations, context }) => {
      await operations.alterIndex(context, { collection: collectionName, indexName, set: {}, unset: propertyKeys });
      return DONE;
    },
  ),
];

/** All indexes of a collection. To the operation having none is an error, here it is not. */
export async function indexesOf(
  operations: Operations,
  context: RequestContext,
  collection: string,
): Promise<readonly DescribedIndex[]> {
  try {
    return await operations.describeIndex(context, { collection, indexName: '', field: '' });
  } catch (error) {
    if (error instanceof BraidError && error.kind === 'indexNotFound') return [];
    throw error;
  }
}

const STATES = { finished: 'Finished', inProgress: 'InProgress', failed: 'Failed' } as const;

function describe(described: DescribedIndex) {
  const { index, fieldName, params, totalRowCount, indexedRowCount, pendingRowCount } = described;
  return {
    indexName: index.name,
    fieldName,
    indexType: index.indexType,
    metricType: params['metric_type'] ?? index.metricType ?? '',
    indexState: STATES[described.state],
    totalRows: totalRowCount,
    indexedRows: indexedRowCount,
    pendingRows: pendingRowCount,
    failReason: described.failedReason,
  };
}
