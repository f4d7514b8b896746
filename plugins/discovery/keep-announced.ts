import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../../core/backoff.ts';
import { toBraidError } from '../../core/errors.ts';
import type { PluginLogger } from '../plugin.ts';
import { DISCOVERY_LIMITS } from './limits.ts';

/** A record that the registry holds for a member: a registered service, a key with a lease, an ephemeral node. */
export interface HeldRecord {
  /** Resolves with the reason when the registry no longer holds the record, or may no longer. Never rejects. */
  readonly lost: Promise<string>;
  /** Takes the record out of the registry, and stops what kept it there. Also called for a lost record: then it only stops. */
  withdraw(): Promise<void>;
}

export interface KeepAnnouncedOptions {
  readonly nodeId: string;
  /** Puts the record into the registry once. It must give up by itself when the registry does not answer, or when the signal aborts. */
  readonly hold: (signal: AbortSignal) => Promise<HeldRecord>;
  readonly logger: PluginLogger;
}

/**
 * An announcement that lasts: the record is put in again whenever it is lost, for as long as it takes. Resolves when the registry has the record. A registry
 * that refuses it at first (an input error: wrong token, bad options) throws; one that does not answer is tried in the background, so that nodes can start before
 * their registry does. Disposing the handle withdraws the record.
 */
export async function keepAnnounced(options: KeepAnnouncedOptions): Promise<AsyncDisposable> {
  const announcement = new Announcement(options);
  await announcement.start();
  return announcement;
}

class Announcement implements AsyncDisposable {
  readonly #options: KeepAnnouncedOptions;
  readonly #end = new AbortController();
  #kept: Promise<void> | undefined;

  constructor(options: KeepAnnouncedOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { promise: first, resolve, reject } = Promise.withResolvers<void>();
    this.#kept = this.#keep(resolve, reject);
    await Promise.race([first, sleep(DISCOVERY_LIMITS.announceWaitMsMax, undefined, { ref: false })]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await Promise.race([this.#kept, sleep(DISCOVERY_LIMITS.withdrawMsMax, undefined, { ref: false })]);
  }

  /** `refused` ends the announcement only while nobody has been told that it was made. */
  async #keep(made: () => void, refused: (error: Error) => void): Promise<void> {
    const { nodeId, hold, logger } = this.#options;
    const { signal } = this.#end;
    const backoff = new Backoff(DISCOVERY_LIMITS.retryDelayMsMin, DISCOVERY_LIMITS.retryDelayMsMax);
    const waitEndMs = performance.now() + DISCOVERY_LIMITS.announceWaitMsMax;
    let wasHeld = false;
    while (!signal.aborted) {
      try {
        const held = await hold(signal);
        made();
        wasHeld = true;
        backoff.reset();
        const reason = await untilLost(held, signal);
        await this.#withdraw(held);
        if (reason !== undefined)
          logger.warn({ nodeId, reason }, 'the registry lost the announcement of this node: announcing it again');
      } catch (thrown) {
        const error = toBraidError(thrown);
        if (error.isInput && !wasHeld && performance.now() < waitEndMs) return refused(error);
        if (!signal.aborted) logger.warn({ nodeId, err: error }, 'this node could not be announced: trying again');
      }
      await pause(backoff.nextMs(), signal);
    }
    made();
  }

  async #withdraw(held: HeldRecord): Promise<void> {
    try {
      await held.withdraw();
    } catch (error) {
      const { nodeId, logger } = this.#options;
      logger.warn({ nodeId, err: error }, 'the announcement of this node could not be withdrawn: it is left to expire');
    }
  }
}

/** The reason of the loss; undefined when the signal came first. */
async function untilLost(held: HeldRecord, signal: AbortSignal): Promise<string | undefined> {
  if (signal.aborted) return undefined;
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const onAbort = (): void => resolve(undefined);
  signal.addEventListener('abort', onAbort, { once: true });
  const reason = await Promise.race([held.lost, aborted]);
  signal.removeEventListener('abort', onAbort);
  return reason;
}

async function pause(timeoutMs: number, signal: AbortSignal): Promise<void> {
  await sleep(timeoutMs, undefined, { signal }).catch(() => undefined);
}
