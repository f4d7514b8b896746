import { setTimeout as sleep } from 'node:timers/promises';
import type Consul from 'consul';
import type { Member } from '../discovery.ts';
import type { HeldRecord } from '../keep-announced.ts';
import { DISCOVERY_LIMITS } from '../limits.ts';
import type { RegistryEntry } from '../member-record.ts';
import type { Registry } from '../registry-discovery.ts';
import { explainConsulError, readHealthy } from './consul-client.ts';
import type { ConsulOptions } from './consul-options.ts';
import { holdService } from './hold-service.ts';
import { fromHealthEntry, type HealthEntry } from './service-record.ts';

/** One instance of a service per node, with a TTL check that the node itself keeps passing; followed by blocking queries. */
export class ConsulRegistry implements Registry {
  readonly #client: Consul;
  readonly #options: ConsulOptions;
  readonly #close: () => void;

  constructor(client: Consul, options: ConsulOptions, close: () => void) {
    this.#client = client;
    this.#options = options;
    this.#close = close;
  }

  /**
   * As Consul's documentation says of blocking queries: an index that went backwards means that the server was set back, and starts anew; an index of 0
   * would not wait. Every failure ends the call, so that the next one starts from 0: an agent that lost its state would let an old index wait in vain.
   */
  async follow(take: (entries: readonly RegistryEntry[]) => void, signal: AbortSignal): Promise<void> {
    let index = 0n;
    try {
      while (!signal.aborted) {
        const answer = await readHealthy(this.#client, this.#options, index, signal);
        if (answer.index !== index) take(answer.entries.toSorted(oldestFirst).map(fromHealthEntry));
        index = answer.index < index ? 0n : answer.index || 1n;
        // Many changes at once come as few lists.
        await sleep(DISCOVERY_LIMITS.consulPauseMs, undefined, { signal }).catch(() => undefined);
      }
    } catch (thrown) {
      throw explainConsulError(thrown);
    }
  }

  async hold(member: Member, _signal: AbortSignal): Promise<HeldRecord> {
    try {
      return await holdService(this.#client, member, this.#options);
    } catch (thrown) {
      throw explainConsulError(thrown);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
  }
}

/** A node that moved to another machine is there twice until its old entry turns critical: the newer one counts, as the last of its id. */
function oldestFirst(left: HealthEntry, right: HealthEntry): number {
  return (left.Service?.CreateIndex ?? 0) - (right.Service?.CreateIndex ?? 0);
}
