import type { BraidError } from '../../core/errors.ts';

/**
 * What a failed call means for the read it belongs to.
 * - `request`: the request is at fault, or its time is up, or the nodes are full: asking elsewhere changes nothing.
 * - `stale`: the router's view or catalog may be too old: with fresh ones the whole read may succeed.
 * - `node`: this node failed; another may answer.
 */
export type FailureClass = 'request' | 'stale' | 'node';

export function classifyError(error: BraidError): FailureClass {
  switch (error.kind) {
    case 'segmentNotFound':
    case 'schemaMismatch':
    case 'collectionNotFound':
    case 'collectionNotLoaded':
    case 'partitionNotFound':
    case 'partitionNotLoaded':
      return 'stale';
    case 'cancelled':
    case 'deadlineExceeded':
    case 'tooManyRequests':
    case 'rateLimited':
      return 'request';
    default:
      return error.isInput ? 'request' : 'node';
  }
}
