/**
 * What a package with a plugin imports as `braid/plugin`: how a plugin is defined, the types of every seam, the vocabulary of their records, errors, and the
 * types of options with a unit. docs/plugins.md is the guide.
 */
export { Type } from 'typebox';
export { durationMs, secretText, sizeBytes } from '../config/setting-types.ts';
export type * from '../core/access/access-records.ts';
export type * from '../core/catalog.ts';
export { BraidError, type ErrorName } from '../core/errors.ts';
export type * from '../core/import-job.ts';
export type { Timestamp } from '../core/timestamps.ts';
export type * from './cache/cache.ts';
export type * from './discovery/discovery.ts';
export type * from './log/log.ts';
export type { CatalogChange, Checkpoint, Lease, LogClaim, MetadataStore, RetiredObjects } from './metadata/metadata.ts';
export * from './plugin.ts';
export * from './routing/routing.ts';
export type * from './storage/storage.ts';
export type * from './tracing/tracing.ts';
