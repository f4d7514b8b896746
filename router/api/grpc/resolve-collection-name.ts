import type { Operations } from '../../operations/operations.ts';
import type { RequestContext } from '../../operations/request-context.ts';

/** The collection that a request means: by its name, or else by its id. */
export async function resolveCollectionName(
  operations: Operations,
  context: RequestContext,
  name: string,
  id: bigint,
): Promise<string> {
  if (name !== '' || id === 0n) return name;
  const { collection } = await operations.describeCollection(context, { name, id: Number(id) });
  return collection.name;
}
