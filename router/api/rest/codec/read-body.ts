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
  timezone: Type.Optional(Type.String()),
  timeFields: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])),
});

/** In which zone timestamps are meant and shown, and which parts of them. */
export function timeParameters({
  timezone,
  timeFields,
}: Static<typeof ReadBody>): Readonly<Record<string, string | null>> {
  const parts = typeof timeFields === 'string' ? timeFields : timeFields?.join(',');
  return { timezone: timezone || null, time_fields: parts || null };
}

/** `["price:desc"]`, `[{ "field": "price", "order": "desc" }]` or `"price:desc,id"`. */
export const OrderBody = Type.Optional(
  Type.Union([
    Type.String(),
    Type.Array(Type.Union([Type.String(), Type.Object({ field: Type.String(), order: Type.Optional(Type.String()) })])),
  ]),
);

/** The order as the wire writes it. */
export function orderOf(body: Static<typeof OrderBody> | undefined): string | undefined {
  if (body === undefined || typeof body === 'string') return body;
  return body.map((term) => (typeof term === 'string' ? term : `${term.field}:${term.order ?? 'asc'}`)).join(',');
}

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
