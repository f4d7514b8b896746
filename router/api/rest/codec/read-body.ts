import Type, { type Static } from 'typebox';
import { ConsistencyLevel } from '../../../../core/catalog.ts';
import type { TemplateValue } from '../../../../core/filter/filter.ts';
import type { ReadConsistency } from '../../../operations/reads/read-consistency.ts';
import { templateOf } from '../../template-of.ts';
import { numberNamed } from './settings.ts';

/** What the bodies of all reads have. */
export const ReadBody = Type.Object({
  collectionName: Type.String({ minLength: 1 }),
  filter: Type.Optional(Type.String()),
  exprParams: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  outputFields: Type.Optional(Type.Array(Type.String())),
  partitionNames: Type.Optional(Type.Array(Type.String())),
  consistencyLevel: Type.Optional(Type.String()),
});

/** Without a level the collection's own holds. */
export function consistencyOf(level: string | undefined): ReadConsistency {
  return {
    useDefault: !level,
    level: level ? numberNamed(ConsistencyLevel, 'consistencyLevel', level) : ConsistencyLevel.Bounded,
    guaranteeTimestamp: 0n,
  };
}

export function templatesOf(
  values: Static<typeof ReadBody>['exprParams'],
): ReadonlyMap<string, TemplateValue> | undefined {
  if (!values) return undefined;
  return new Map(Object.entries(values).map(([name, value]) => [name, templateOf(name, value)]));
}
