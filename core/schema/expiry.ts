import type { CollectionRecord } from '../catalog.ts';
import { composeTimestamp } from '../timestamps.ts';
import { fieldByName } from './collection-schema.ts';
import { PROPERTIES, timeToLiveMs } from './validate-properties.ts';

/** Which rows of a collection are no longer there. */
export interface Expiry {
  /** 0: `before` is a timestamp, and rows inserted before it have expired. Else a Timestamptz field, whose rows have expired where it is above 0 and below `before`, in microseconds. */
  readonly fieldId: number;
  /** 0: no row has expired. */
  readonly before: bigint;
}

export const NO_EXPIRY: Expiry = { fieldId: 0, before: 0n };

/** The field that says when rows expire, if one does. */
export function timeToLiveField({ schema, properties }: Pick<CollectionRecord, 'schema' | 'properties'>) {
  const name = properties[PROPERTIES.timeToLiveField];
  return name === undefined ? undefined : fieldByName(schema, name);
}

/**
 * What has expired at a moment: by `ttl_field` rows whose time has come (null, 0 and less: never, as in Milvus 3.0), by `collection.ttl.seconds` rows that are older. A collection has at most one of
 * the two.
 */
export function expiryAt(collection: Pick<CollectionRecord, 'schema' | 'properties'>, nowMs: number): Expiry {
  const field = timeToLiveField(collection);
  if (field) return { fieldId: field.id, before: BigInt(Math.floor(nowMs)) * 1000n + 1n };
  const liveMs = timeToLiveMs(collection.properties);
  return liveMs === undefined ? NO_EXPIRY : { fieldId: 0, before: composeTimestamp(Math.max(0, nowMs - liveMs)) };
}
