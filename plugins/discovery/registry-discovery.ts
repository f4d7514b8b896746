import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../../core/backoff.ts';
import { toBraidError } from '../../core/errors.ts';
import type { PluginLogger } from '../plugin.ts';
import type { Discovery, Member } from './discovery.ts';
import { type HeldRecord, keepAnnounced } from './keep-announced.ts';
import { DISCOVERY_LIMITS } from './limits.ts';
import { MemberFeed } from './member-feed.ts';
import { encodeMember, RegistryEntries, type RegistryEntry } from './member-record.ts';

/** What one kind of registry must be able to do; the rest is the same for all. */
export interface Registry extends AsyncDisposable {
  /**
   * Reads all entries and hands them to `take`, again after every change. Throws when the registry cannot be reached or answers wrongly (it is called again, after
   * a pause); returns when the signal aborts.
   */
  follow(take: (entries: readonly RegistryEntry[]) => void, signal: AbortSignal): Promise<void>;
  /** Puts the record of a member in once; see KeepAnnouncedOptions. A registry that this server only reads leaves it undefined. */
  hold?(member: Member, signal: AbortSignal): Promise<HeldRecord>;
}

/** A discovery over a registry: one connection follows it for all watches, from the first watch on; announcements last. */
export class RegistryDiscovery implements Discovery {
  readonly announce?: (member: Member) => Promise<AsyncDisposable>;
  readonly #registry: Registry;
  readonly #logger: PluginLogger;
  readonly #feed = new MemberFeed();
  readonly #closing = new AbortController();
  #following: Promise<void> | undefined;

  constructor(registry: Registry, logger: PluginLogger) {
    this.#registry = registry;
    this.#logger = logger;
    const hold = registry.hold?.bind(registry);
    if (!hold) return;
    this.announce = async (member) => {
      encodeMember(member); // Throws now, not at every try.
      return keepAnnounced({ nodeId: member.nodeId, hold: (signal) => hold(member, signal), logger });
    };
  }

  watch(signal: AbortSignal): AsyncIterable<readonly Member[]> {
    this.#following ??= this.#follow();
    return this.#feed.watch(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#feed.close();
    await this.#following;
    await this.#registry[Symbol.asyncDispose]();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    const backoff = new Backoff(DISCOVERY_LIMITS.retryDelayMsMin, DISCOVERY_LIMITS.retryDelayMsMax);
    const entries = new RegistryEntries(this.#logger);
    let complaint: string | undefined;
    while (!signal.aborted) {
      try {
        await this.#registry.follow((list) => {
          this.#feed.publish(entries.members(list));
          if (complaint !== undefined) this.#logger.info({}, 'the registry of nodes answers again');
          complaint = undefined;
          backoff.reset();
        }, signal);
      } catch (thrown) {
        if (signal.aborted) return;
        const { message } = toBraidError(thrown);
        if (message !== complaint)
          this.#logger.warn({ reason: message }, 'the registry of nodes does not answer: the known members stay');
        complaint = message;
      }
      await sleep(backoff.nextMs(), undefined, { signal }).catch(() => undefined);
    }
  }
}
