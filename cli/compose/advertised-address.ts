import { networkInterfaces } from 'node:os';
import type { Config } from '../../config/config.ts';
import { BraidError } from '../../core/errors.ts';
import { joinAddress, splitAddress } from '../../core/node-address.ts';

const ALL_ADDRESSES = new Set(['0.0.0.0', '::', '[::]']);

/**
 * host:port at which others reach the node of this process. Where it announces itself (`announces`), that must be an address that others can use: one that only means "all of mine" is refused, with those that there are.
 */
export function advertisedAddress({ host, port, advertise }: Config['node'], announces: boolean): string {
  if (advertise !== undefined) return bracketed(advertise);
  if (announces && (ALL_ADDRESSES.has(host) || port === 0)) {
    const own = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter((address) => !address.internal)
      .map((address) => address.address);
    throw new BraidError(
      'parameterMissing',
      `node.advertise is missing: this node announces itself, and others cannot reach it at ${host}:${port} (addresses of this machine: ${own.join(', ') || 'none'})`,
    );
  }
  return joinAddress(host.replace(/^\[(.*)\]$/, '$1'), port);
}

/** What Kubernetes makes of `$(POD_IP):19540` with an IPv6 address has no brackets. */
function bracketed(address: string): string {
  const { host, port } = splitAddress(address);
  return joinAddress(host, port);
}
