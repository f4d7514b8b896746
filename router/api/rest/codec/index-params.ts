import Type, { type Static } from 'typebox';
import type { Operations } from '../../../operations/operations.ts';
import type { RequestContext } from '../../../operations/request-context.ts';
import { Name, OptionalName, Settings } from './bodies.ts';
import { textsOf } from './settings.ts';

export const IndexParams = Type.Array(
  Type.Object({
    fieldName: Name,
    indexName: OptionalName,
    metricType: OptionalName,
    indexType: OptionalName,
    params: Type.Optional(Settings),
  }),
);

/** Creates them one after the other. The type may stand beside the parameters or among them. */
export async function createIndexes(
  operations: Operations,
  context: RequestContext,
  collection: string,
  indexes: Static<typeof IndexParams>,
): Promise<void> {
  for (const { fieldName, indexName, metricType, indexType, params } of indexes) {
    await operations.createIndex(context, {
      collection,
      field: fieldName,
      indexName: indexName ?? '',
      params: {
        ...(metricType && { metric_type: metricType }),
        ...(indexType && { index_type: indexType }),
        ...textsOf(params),
      },
    });
  }
}
