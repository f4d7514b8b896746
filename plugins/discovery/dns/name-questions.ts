import type { Resolver } from 'node:dns/promises';
import { BraidError } from '../../../core/errors.ts';
import { joinAddress } from '../../../core/node-address.ts';
import type { Member, Role } from '../discovery.ts';
import { DISCOVERY_LIMITS } from '../limits.ts';
import type { NameAnswer, NameQuestion } from '../names-discovery.ts';
import { lookUpAddresses } from './look-up-addresses.ts';

export interface QuestionSettings {
  readonly resolver: Resolver;
  readonly role: Role;
  readonly ttlMsMin: number;
  readonly ttlMsMax: number;
  readonly srvTtlMs: number;
}

/** The question for a name of the options. */
export function nameQuestion(text: string, settings: QuestionSettings): NameQuestion {
  const [name, port] = text.split(':');
  return port === undefined ? new ServiceQuestion(name!, settings) : new AddressQuestion(name!, Number(port), settings);
}

/** Every address of a name is a member: with its address as its id, there is nothing else to tell them apart. */
class AddressQuestion implements NameQuestion {
  readonly name: string;
  readonly #port: number;
  readonly #settings: QuestionSettings;

  constructor(name: string, port: number, settings: QuestionSettings) {
    this.name = name;
    this.#port = port;
    this.#settings = settings;
  }

  async ask(): Promise<NameAnswer> {
    const { addresses, ttlMs } = await lookUpAddresses(this.#settings.resolver, this.name);
    const members = addresses.map((host): Member => {
      const address = joinAddress(host, this.#port);
      return { nodeId: address, address, roles: [this.#settings.role] };
    });
    return { members, ttlMs: bounded(ttlMs, this.#settings) };
  }
}

/**
 * Every SRV record is a member whose id is the target with its port, which stays the same where its address changes. Priorities and weights are not looked at: servers compute them
 * from the number of targets, so that every change would change all members.
 */
class ServiceQuestion implements NameQuestion {
  readonly name: string;
  readonly #settings: QuestionSettings;
  #targets = new Map<string, Target>();

  constructor(name: string, settings: QuestionSettings) {
    this.name = name;
    this.#settings = settings;
  }

  async ask(): Promise<NameAnswer> {
    const { resolver, role, srvTtlMs } = this.#settings;
    const records = await resolver.resolveSrv(this.name);
    const names = [...new Set(records.map((record) => record.name.toLowerCase()))];
    this.#targets = new Map(names.map((name) => [name, this.#targets.get(name) ?? new Target(resolver, name)]));
    const targets = [...this.#targets.values()];
    for (let i = 0; i < targets.length; i += DISCOVERY_LIMITS.srvTargetsAtOnce)
      await Promise.all(targets.slice(i, i + DISCOVERY_LIMITS.srvTargetsAtOnce).map((target) => target.refresh()));
    const members = records.flatMap(({ name, port }): Member[] => {
      const target = this.#targets.get(name.toLowerCase())!;
      if (target.address === undefined) return [];
      return [{ nodeId: `${target.name}:${port}`, address: joinAddress(target.address, port), roles: [role] }];
    });
    if (members.length === 0)
      throw new BraidError(
        'serviceUnavailable',
        `none of the ${records.length} targets of ${this.name} has an address`,
      );
    const ttlMs = Math.min(srvTtlMs, ...targets.map((target) => target.ttlMs));
    return { members, ttlMs: bounded(ttlMs, this.#settings) };
  }
}

/** The target of an SRV record. */
class Target {
  readonly name: string;
  readonly #resolver: Resolver;
  /** The last that was known. */
  address: string | undefined;
  ttlMs = 0;

  constructor(resolver: Resolver, name: string) {
    this.name = name;
    this.#resolver = resolver;
  }

  /** The address stays where it is still one of several; without an answer all stays as it was. */
  async refresh(): Promise<void> {
    try {
      const { addresses, ttlMs } = await lookUpAddresses(this.#resolver, this.name);
      if (this.address === undefined || !addresses.includes(this.address)) this.address = addresses[0];
      this.ttlMs = ttlMs;
    } catch {
      // Asked again soon; the members that have an address must not wait for this one.
      this.ttlMs = 0;
    }
  }
}

function bounded(ttlMs: number, { ttlMsMin, ttlMsMax }: QuestionSettings): number {
  return Math.max(ttlMsMin, Math.min(ttlMsMax, ttlMs));
}
