import { isIPv4 } from 'node:net';
import { BraidError } from '../../core/errors.ts';
import { joinAddress, splitAddress } from '../../core/node-address.ts';
import type { Member } from './discovery.ts';
import type { NameAnswer, NameQuestion } from './names-discovery.ts';

export interface ResolvedNameSettings {
  readonly lookup: (name: string) => Promise<readonly { readonly address: string }[]>;
  readonly intervalMs: number;
}

/**
 * An entry of a list that stands for every address of its name; each is a member like the entry. IPv6 addresses count where there are no others: a node with both kinds must not be there twice.
 */
export class ResolvedName implements NameQuestion {
  readonly name: string;
  readonly #entry: Member;
  readonly #settings: ResolvedNameSettings;

  constructor(entry: Member, settings: ResolvedNameSettings) {
    this.name = splitAddress(entry.address).host;
    this.#entry = entry;
    this.#settings = settings;
  }

  async ask(): Promise<NameAnswer> {
    const { lookup, intervalMs } = this.#settings;
    const found = await lookup(this.name);
    if (found.length === 0) throw new BraidError('serviceUnavailable', `${this.name} has no address`);
    const { port } = splitAddress(this.#entry.address);
    const version4 = found.filter(({ address }) => isIPv4(address));
    const used = version4.length > 0 ? version4 : found;
    const addresses = new Set(used.map(({ address }) => joinAddress(address, port)));
    const members = [...addresses].map((address): Member => ({ ...this.#entry, nodeId: address, address }));
    return { members, ttlMs: intervalMs };
  }
}
