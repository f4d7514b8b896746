/**
 * What a package with a plugin imports as `braid/contracts`: for every seam one suite that each plugin of that kind must pass, for Vitest. docs/plugins.md
 * says how to use them.
 */
export { type CacheFixture, cacheContract } from './cache-contract.ts';
export { type DiscoveryFixture, discoveryContract } from './discovery-contract.ts';
export * from './log-contract.ts';
export * from './metadata-contract.ts';
export { type RoutingSubject, routingContract } from './routing-contract.ts';
export * from './storage-contract.ts';
