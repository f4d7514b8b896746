import type { Properties } from '../catalog-commands.ts';
import { BraidError } from '../errors.ts';
import { type CollectionSchema, fieldByName } from './collection-schema.ts';
import { DataType, dataTypeName } from './data-type.ts';

/** Properties of collections and databases that mean something here, by Milvus' names. All others are kept as they are. */
export const PROPERTIES = {
  timeToLiveSeconds: 'collection.ttl.seconds',
  timeToLiveField: 'ttl_field',
  mmapEnabled: 'mmap.enabled',
  partitionKeyIsolation: 'partitionkey.isolation',
  allowInsertAutoId: 'allow_insert_auto_id',
  timezone: 'timezone',
} as const;

/** What the Node SDK calls the property `timezone`. Milvus stores it and looks only at `timezone` (pkg/common, `TimezoneKey`); here the one means the other, too. */
const TIMEZONE_ALIAS = 'collection.timezone';

/** Properties to be set on a collection, with those that they mean. */
export function withMeantProperties(set: Properties): Properties {
  const zone = set[TIMEZONE_ALIAS];
  return zone === undefined || PROPERTIES.timezone in set ? set : { ...set, [PROPERTIES.timezone]: zone };
}

/** Keys to be removed from a collection, with those that they mean. */
export function withMeantKeys(unset: readonly string[]): readonly string[] {
  return unset.includes(TIMEZONE_ALIAS) ? [...new Set([...unset, PROPERTIES.timezone])] : unset;
}

/** A hundred years, Milvus' own bound. */
const TIME_TO_LIVE_SECONDS_MAX = 3_155_760_000;

const RULES: Readonly<Record<string, (key: string, value: string) => void>> = {
  [PROPERTIES.timeToLiveSeconds]: validateSeconds,
  [PROPERTIES.mmapEnabled]: validateFlag,
  [PROPERTIES.partitionKeyIsolation]: validateFlag,
  [PROPERTIES.allowInsertAutoId]: validateFlag,
  'lazyload.enabled': validateFlag,
  [PROPERTIES.timezone]: validateTimezone,
  [TIMEZONE_ALIAS]: validateTimezone,
  'collection.insertRate.max.mb': validateRate,
  'collection.insertRate.min.mb': validateRate,
  'collection.upsertRate.max.mb': validateRate,
  'collection.upsertRate.min.mb': validateRate,
  'collection.deleteRate.max.mb': validateRate,
  'collection.deleteRate.min.mb': validateRate,
  'collection.bulkLoadRate.max.mb': validateRate,
  'collection.bulkLoadRate.min.mb': validateRate,
  'collection.queryRate.max.qps': validateRate,
  'collection.queryRate.min.qps': validateRate,
  'collection.searchRate.max.vps': validateRate,
  'collection.searchRate.min.vps': validateRate,
  'collection.diskProtection.diskQuota.mb': validateRate,
  'database.max.collections': validateCount,
  'database.replica.number': validateCount,
  'database.diskQuota.mb': validateRate,
  'database.force.deny.writing': validateFlag,
  'database.force.deny.reading': validateFlag,
};

/** Throws `parameterInvalid` for the value of a known key that makes no sense. */
export function validateProperties(properties: Properties): void {
  for (const [key, value] of Object.entries(properties)) {
    if (Object.hasOwn(RULES, key)) RULES[key]!(key, value);
  }
}

/** Throws `parameterInvalid` unless the field that `ttl_field` names can say when rows expire, and nothing else does. */
export function validateTimeToLive(properties: Properties, schema: CollectionSchema): void {
  const name = properties[PROPERTIES.timeToLiveField];
  if (name === undefined) return;
  const field = fieldByName(schema, name);
  if (!field) throw new BraidError('parameterInvalid', `ttl field name ${name} not found in schema`);
  if (field.dataType !== DataType.Timestamptz) {
    const message = `ttl field ${name} must be of type Timestamptz, but is ${dataTypeName(field.dataType)}`;
    throw new BraidError('parameterInvalid', message);
  }
  if (timeToLiveMs(properties) === undefined) return;
  const message = `${PROPERTIES.timeToLiveSeconds} and ${PROPERTIES.timeToLiveField} cannot be set at the same time`;
  throw new BraidError('parameterInvalid', message);
}

/** How long rows of a collection live; undefined: for ever. */
export function timeToLiveMs(properties: Properties): number | undefined {
  const seconds = Number(properties[PROPERTIES.timeToLiveSeconds] ?? 0);
  return seconds > 0 ? seconds * 1000 : undefined;
}

/** Throws `parameterInvalid` unless it is the name of a time zone, like `Asia/Shanghai`. */
export function validateTimezone(_key: string, value: string): void {
  const invalid = (cause?: unknown) =>
    new BraidError('parameterInvalid', `invalid timezone, should be a IANA timezone name: ${value}`, { cause });
  // Intl takes offsets as well, which know nothing of summer time.
  if (!/^[A-Za-z]/.test(value)) throw invalid();
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
  } catch (cause) {
    throw invalid(cause);
  }
}

function validateSeconds(_key: string, value: string): void {
  if (!/^-?\d+$/.test(value.trim())) {
    throw new BraidError('parameterInvalid', `collection TTL is not a valid positive integer: ${value}`);
  }
  const seconds = Number(value);
  if (seconds >= -1 && seconds <= TIME_TO_LIVE_SECONDS_MAX) return;
  const message = `collection TTL is out of range, expect [-1, ${TIME_TO_LIVE_SECONDS_MAX}], got ${value}`;
  throw new BraidError('parameterInvalid', message);
}

function validateFlag(key: string, value: string): void {
  if (['true', 'false'].includes(value.toLowerCase())) return;
  throw new BraidError('parameterInvalid', `invalid ${key} value: ${value}, valid values: true, false`);
}

function validateRate(key: string, value: string): void {
  if (value.trim() !== '' && Number.isFinite(Number(value))) return;
  throw new BraidError('parameterInvalid', `invalid ${key} value: ${value}, should be a number`);
}

function validateCount(key: string, value: string): void {
  if (/^\d{1,15}$/.test(value.trim())) return;
  throw new BraidError('parameterInvalid', `invalid ${key} value: ${value}, should be a number of 0 or more`);
}
