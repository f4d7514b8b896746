import {
  type CollectionSchema,
  dynamicField,
  type FieldSchema,
  fieldByName,
} from '../../../core/schema/collection-schema.ts';
import { DataType } from '../../../core/schema/data-type.ts';

/** A name and steps into it: `meta["a"]['b'][0]`. */
const STEPS = /^([^[\]"']+)((?:\[(?:"[^"]*"|'[^']*'|\d+)\])+)$/;
const STEP = /\[(?:"([^"]*)"|'([^']*)'|(\d+))\]/g;

/** What a name stands for: a whole field, or the value at a path in a JSON field or the dynamic field. */
export interface NamedValue {
  readonly field: FieldSchema;
  readonly path: readonly string[] | undefined;
}

/** `price`, `meta["a"]["b"]`, a dynamic key, `$meta["key"]`; undefined for a name that stands for nothing. */
export function resolveValue(schema: CollectionSchema, name: string): NamedValue | undefined {
  const whole = fieldByName(schema, name);
  if (whole) return { field: whole, path: undefined };
  const [, base, steps] = STEPS.exec(name) ?? [];
  const path = steps === undefined ? [] : Array.from(steps.matchAll(STEP), ([, a, b, c]) => a ?? b ?? c ?? '');
  const field = base === undefined ? undefined : fieldByName(schema, base);
  if (field?.dataType === DataType.JSON) return { field, path };
  const dynamic = dynamicField(schema);
  if (field || !dynamic) return undefined;
  return { field: dynamic, path: [base ?? name, ...path] };
}
