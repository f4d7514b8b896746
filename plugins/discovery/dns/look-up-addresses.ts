import type { RecordWithTtl } from 'node:dns';
import type { Resolver } from 'node:dns/promises';
import { BraidError } from '../../../core/errors.ts';

/** The name has no such records, or does not exist. */
const NOTHING = new Set(['ENODATA', 'ENOTFOUND']);

export interface Addresses {
  /** Sorted, never empty. */
  readonly addresses: readonly string[];
  /** The smallest of the records. */
  readonly ttlMs: number;
}

/**
 * The A records of a name; its AAAA records where it has no A: a node with both kinds must not be there twice. Throws when there is no address, for whatever reason.
 */
export async function lookUpAddresses(resolver: Resolver, name: string): Promise<Addresses> {
  let records = await orNothing(resolver.resolve4(name, { ttl: true }), name);
  if (records.length === 0) records = await orNothing(resolver.resolve6(name, { ttl: true }), name);
  if (records.length === 0)
    throw new BraidError('serviceUnavailable', `${name} does not exist, or has no A or AAAA records`);
  return {
    addresses: records.map((record) => record.address).sort(),
    ttlMs: Math.min(...records.map((record) => record.ttl)) * 1000,
  };
}

async function orNothing(asked: Promise<RecordWithTtl[]>, name: string): Promise<RecordWithTtl[]> {
  try {
    return await asked;
  } catch (cause) {
    const { code = String(cause) } = cause as NodeJS.ErrnoException;
    if (NOTHING.has(code)) return [];
    throw new BraidError('serviceUnavailable', `the addresses of ${name} are not answered: ${code}`, { cause });
  }
}
