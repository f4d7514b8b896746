import { BraidError } from '../../core/errors.ts';
import type { RequestContext } from './request-context.ts';

/** With authentication, what nothing is granted on is not listed, and not described (internal/rootcoord/describe_collection_task.go). */
export function sees({ principal }: RequestContext, database: string, collection: string): boolean {
  return principal?.rights.sees(database, collection) ?? true;
}

export function seesDatabase({ principal }: RequestContext, database: string): boolean {
  return principal?.rights.seesDatabase(database) ?? true;
}

export function refuseUnseen(context: RequestContext, database: string, collection: string): void {
  if (sees(context, database, collection)) return;
  const message = `not allowed to access collection, collection name: ${collection}`;
  throw new BraidError('privilegeNotPermitted', message);
}
