import { BraidError } from '../../../core/errors.ts';
import {
  type CollectionSchema,
  dynamicField,
  type FieldSchema,
  fieldById,
  fieldByName,
  functionOfOutput,
  splitSubFieldName,
} from '../../../core/schema/collection-schema.ts';

/** What a client wants back of each row. */
export interface OutputFields {
  /** In the order of the answer, each once; the primary key may be among them, the dynamic field stands for all dynamic keys. */
  readonly fields: readonly FieldSchema[];
  /** Names for the wire: of the fields, and of dynamic keys instead of the dynamic field where keys were asked for. */
  readonly names: readonly string[];
}

/** `$meta["key"]`. */
const META_KEY = /^\$meta\["(.+)"\]$/;

/** Expands `*` (to the fields that are loaded), finds dynamic keys. Throws for a name that is neither. */
export function resolveOutputFields(
  schema: CollectionSchema,
  wanted: readonly string[],
  isLoaded: (field: FieldSchema) => boolean = () => true,
): OutputFields {
  const fields = new Set<FieldSchema>();
  const names = new Set<string>();
  const dynamic = dynamicField(schema);
  for (const raw of wanted) {
    const name = raw.trim();
    if (name === '*') {
      for (const field of schema.fields.filter(isLoaded)) {
        if (functionOfOutput(schema, field.id)) continue;
        fields.add(field);
        names.add(shownName(field));
      }
      continue;
    }
    const struct = schema.structs.find((candidate) => candidate.name === name);
    const field = fieldByName(schema, name);
    if (field && functionOfOutput(schema, field.id)) {
      throw new BraidError('parameterUnexpected', `not allowed to retrieve raw data of field ${name}`);
    }
    if (struct) {
      for (const id of struct.fieldIds) fields.add(fieldById(schema, id)!);
      names.add(name);
    } else if (field) {
      fields.add(field);
      names.add(shownName(field));
    } else if (dynamic && name !== '') {
      fields.add(dynamic);
      names.add(META_KEY.exec(name)?.[1] ?? name);
    } else {
      throw new BraidError('parameterUnexpected', `field ${name} not exist`);
    }
  }
  return { fields: [...fields], names: [...names] };
}

/** The primary key moved to the end, where Milvus sends it (search), or put there if it was not asked for (query). */
export function withPrimaryKeyLast(output: OutputFields, primary: FieldSchema): OutputFields {
  return {
    fields: [...output.fields.filter((field) => field !== primary), primary],
    names: [...output.names.filter((name) => name !== primary.name), primary.name],
  };
}

/** Sub-fields of an array of structs are shown under the name of the struct. */
function shownName({ name }: FieldSchema): string {
  return splitSubFieldName(name)?.structName ?? name;
}
