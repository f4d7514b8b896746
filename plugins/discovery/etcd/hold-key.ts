import type { Etcd3, Lease } from 'etcd3';
import type { HeldRecord } from '../keep-announced.ts';

export interface HoldKeyOptions {
  readonly key: string;
  readonly value: string;
  readonly ttlSeconds: number;
  readonly requestTimeoutMs: number;
}

/**
 * Puts a key with a lease of its own. etcd3 keeps the lease alive but grants no new one when it was lost, and does not see when somebody deletes the key: both are a loss here. A key
 * that another process has put meanwhile is left alone: its lease is not ours.
 */
export async function holdKey(client: Etcd3, options: HoldKeyOptions): Promise<HeldRecord> {
  const { key, value, ttlSeconds, requestTimeoutMs } = options;
  const deadline = () => ({ deadline: Date.now() + requestTimeoutMs });
  const lease = client.lease(ttlSeconds, deadline());
  const { promise: lost, resolve: lose } = Promise.withResolvers<string>();
  lease.on('lost', (error) => lose(error.message));
  try {
    const leaseId = await lease.grant();
    await client.put(key).value(value).lease(leaseId).options(deadline()).exec();
  } catch (error) {
    lease.release();
    throw error;
  }
  watchDeletion(client, lease, options, lose);
  return { lost, withdraw: () => lease.revoke(deadline()) };
}

function watchDeletion(
  client: Etcd3,
  lease: Lease,
  { key, requestTimeoutMs }: HoldKeyOptions,
  lose: (reason: string) => void,
): void {
  let isLooking = false;
  lease.on('keepaliveSucceeded', () => {
    if (isLooking) return;
    isLooking = true;
    client
      .get(key)
      .options({ deadline: Date.now() + requestTimeoutMs })
      .exec()
      .then(
        ({ count }) => {
          if (Number(count) === 0) lose('its key was deleted');
        },
        // A server that does not answer says nothing about the key: the lease tells when it is over.
        () => undefined,
      )
      .finally(() => {
        isLooking = false;
      });
  });
}
