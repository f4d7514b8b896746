import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { BraidError } from '../../../core/errors.ts';
import type { PluginHost } from '../../plugin.ts';
import { METADATA_LIMITS } from '../limits.ts';
import type { SqlFlavor } from './sql-flavor.ts';

/**
 * Calls `attempt` until it ends with something else than a passing fault of the database, within the bounds of METADATA_LIMITS. While the process shuts
 * down there is only one try. Errors of the driver come out as a BraidError, all others as they are.
 */
export async function retryTransient<Result>(
  flavor: SqlFlavor,
  host: Pick<PluginHost, 'logger' | 'signal'>,
  attempt: () => Promise<Result>,
): Promise<Result> {
  const endMs = performance.now() + METADATA_LIMITS.retryWindowMs;
  const isWorthRetrying = (error: Error) =>
    flavor.classify(error)?.category === 'transient' && performance.now() < endMs;
  const policy = retry(handleWhen(isWorthRetrying), {
    maxAttempts: METADATA_LIMITS.retryCount,
    backoff: new ExponentialBackoff({
      initialDelay: METADATA_LIMITS.retryDelayFirstMs,
      maxDelay: METADATA_LIMITS.retryDelayMs,
    }),
  });
  policy.onRetry((event) => {
    const reason = 'error' in event ? event.error.message : '';
    host.logger.debug({ location: flavor.location, reason, attempt: event.attempt }, 'metadata transaction is retried');
  });
  try {
    return await policy.execute(attempt, host.signal);
  } catch (error) {
    const failure = flavor.classify(error);
    if (!failure) throw error;
    throw new BraidError(failure.kind, `metadata in ${flavor.location}: ${failure.message}`, { cause: error });
  }
}
