import type { CollectionRecord } from '../../../core/catalog.ts';
import { BraidError } from '../../../core/errors.ts';
import type { FieldSchema } from '../../../core/schema/collection-schema.ts';
import { DataType } from '../../../core/schema/data-type.ts';
import { composeTimestamp } from '../../../core/timestamps.ts';
import type { DescribeCollectionOutput } from '../../../router/operations/collections/describe-collection.ts';
import type { Operations } from '../../../router/operations/operations.ts';
import type { RequestContext } from '../../../router/operations/request-context.ts';

export interface RecordedCall {
  readonly context: RequestContext;
  readonly input: unknown;
}

export interface FakeOperations {
  readonly operations: Operations;
  /** What an operation was called with last. */
  last<Name extends keyof Operations>(name: Name): { context: RequestContext; input: InputOf<Name> };
  /** Gives an operation another behaviour. */
  answer<Name extends keyof Operations>(name: Name, behaviour: Operations[Name]): void;
}

type InputOf<Name extends keyof Operations> =
  Parameters<Operations[Name]> extends [RequestContext, infer Input] ? Input : undefined;

/** Operations that remember what they were called with. One that was given no behaviour succeeds with `undefined`. */
export function fakeOperations(behaviours: Partial<Operations> = {}): FakeOperations {
  const calls = new Map<string, RecordedCall>();
  const known = new Map<string, (context: RequestContext, input: never) => unknown>(Object.entries(behaviours));
  const operations = new Proxy({} as Operations, {
    get: (_target, name: string) => async (context: RequestContext, input: never) => {
      calls.set(name, { context, input });
      return known.get(name)?.(context, input);
    },
  });
  return {
    operations,
    last: (name) => {
      const call = calls.get(name);
      if (!call) throw new Error(`${name} was not called`);
      return call as never;
    },
    answer: (name, behaviour) => {
      known.set(name, behaviour as never);
    },
  };
}

export function field(id: number, name: string, dataType: DataType, more: Partial<FieldSchema> = {}): FieldSchema {
  return {
    id,
    name,
    description: '',
    dataType,
    isPrimaryKey: false,
    autoId: false,
    nullable: false,
    isPartitionKey: false,
    isClusteringKey: false,
    isDynamic: false,
    typeParams: {},
    ...more,
  };
}

export const CREATED = composeTimestamp(1_700_000_000_000);

/** A collection as the catalog has it; `fields` without the dynamic one. */
export function description(
  name: string,
  fields: readonly FieldSchema[],
  enableDynamicField = false,
): DescribeCollectionOutput {
  const dynamic = enableDynamicField ? [field(100 + fields.length, '$meta', DataType.JSON, { isDynamic: true })] : [];
  const collection: CollectionRecord = {
    id: 7,
    databaseId: 1,
    name,
    schema: {
      name,
      description: 'of the test',
      enableDynamicField,
      fields: [...fields, ...dynamic],
      structs: [],
      functions: [],
      version: 1,
    },
    consistencyLevel: 2,
    shardsCount: 2,
    properties: {},
    partitions: [{ id: 8, name: '_default', createdTimestamp: CREATED, loaded: true }],
    indexes: [],
    loadsNewPartitions: true,
    replicaCount: 1,
    createdTimestamp: CREATED,
    updatedTimestamp: CREATED + 1n,
  };
  return {
    collection,
    databaseName: 'default',
    databaseId: 1,
    aliases: ['other'],
    fields,
    functions: [],
    properties: { timezone: 'UTC' },
  };
}

/** A behaviour for `describeCollection`: this one collection is there, by its name, and no other. */
export function only(output: DescribeCollectionOutput): Operations['describeCollection'] {
  return async (context, { name }) => {
    if (name === output.collection.name) return output;
    throw new BraidError(
      'collectionNotFound',
      `can't find collection[database=${context.database}][collection=${name}]`,
    );
  };
}
