import { BraidError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { UTC } from '../time/timestamptz.ts';
import {
  type CollectionSchema,
  type DefaultValue,
  DYNAMIC_FIELD_NAME,
  FIRST_FIELD_ID,
  type FieldSchema,
  type StructSchema,
} from './collection-schema.ts';
import { DataType, isVector } from './data-type.ts';
import { hiddenTerms } from './hidden-terms.ts';
import { validateField } from './validate-field.ts';
import { validateFunctions } from './validate-functions.ts';
import { validateName } from './validate-name.ts';
import { validateStruct } from './validate-struct.ts';

/** A collection as a client asks for it. */
export interface CollectionDraft {
  readonly name: string;
  readonly description: string;
  readonly enableDynamicField: boolean;
  /** The schema's own autoID flag, which older clients set instead of the field's. */
  readonly autoId: boolean;
  readonly fields: readonly FieldDraft[];
  readonly functions: readonly FunctionDraft[];
  readonly structs: readonly StructDraft[];
}

/** What the server is asked to compute. */
export interface FunctionDraft {
  readonly name: string;
  readonly description: string;
  /** `BM25`, `TextEmbedding`, `Rerank`, ...; whatever the client says. */
  readonly type: string;
  readonly inputFieldNames: readonly string[];
  readonly outputFieldNames: readonly string[];
  readonly params: Readonly<Record<string, string>>;
}

/** An array of structs: sub-fields of type Array or ArrayOfVector under their plain names. */
export interface StructDraft {
  readonly name: string;
  readonly description: string;
  readonly fields: readonly FieldDraft[];
  readonly nullable: boolean;
  /** `max_capacity`, which holds for the sub-fields that name none. */
  readonly typeParams: Readonly<Record<string, string>>;
}

export interface FieldDraft {
  readonly name: string;
  readonly description: string;
  readonly dataType: DataType;
  readonly elementType?: DataType;
  readonly isPrimaryKey: boolean;
  readonly autoId: boolean;
  readonly nullable: boolean;
  readonly isPartitionKey: boolean;
  readonly isClusteringKey: boolean;
  readonly defaultValue?: DefaultValue;
  /** `dim`, `max_length`, ... as texts. */
  readonly typeParams: Readonly<Record<string, string>>;
}

/**
 * Checks a draft and completes it: ids from 100 in the order given, the dynamic field last. Throws in Milvus' words
 * (internal/proxy/task.go and util.go), or `notSupported` for what this server has not.
 */
export function validateCollectionSchema(draft: CollectionDraft, timezone = UTC): CollectionSchema {
  validateName('collection', draft.name);
  validateCounts([...draft.fields, ...draft.structs.flatMap((struct) => struct.fields)]);
  validateNames([...draft.fields, ...draft.structs]);
  validateKeys(draft.fields);
  const fields = draft.fields.map((field, i) => {
    const autoId = field.isPrimaryKey && (field.autoId || draft.autoId);
    return validateField({ ...field, autoId }, FIRST_FIELD_ID + i, timezone);
  });
  const functions = validateFunctions(draft.functions, fields);
  const terms = hiddenTerms(fields, functions, FIRST_FIELD_ID + fields.length);
  fields.push(...terms.fields);
  const structs: StructSchema[] = [];
  let nextId = FIRST_FIELD_ID + fields.length;
  for (const structDraft of draft.structs) {
    const validated = validateStruct(structDraft, nextId);
    structs.push(validated.struct);
    fields.push(...validated.fields);
    nextId += 1 + validated.fields.length;
  }
  if (draft.enableDynamicField) fields.push(dynamicFieldSchema(nextId));
  return {
    name: draft.name,
    description: draft.description,
    enableDynamicField: draft.enableDynamicField,
    fields,
    structs,
    functions: [...functions, ...terms.functions],
    version: 1,
  };
}

function dynamicFieldSchema(id: number): FieldSchema {
  return {
    id,
    name: DYNAMIC_FIELD_NAME,
    description: 'dynamic schema',
    dataType: DataType.JSON,
    isPrimaryKey: false,
    autoId: false,
    nullable: false,
    isPartitionKey: false,
    isClusteringKey: false,
    isDynamic: true,
    typeParams: {},
  };
}

function validateCounts(fields: readonly FieldDraft[]): void {
  if (fields.length > LIMITS.fieldsMax) {
    throw new BraidError('parameterUnexpected', `maximum field's number should be limited to ${LIMITS.fieldsMax}`);
  }
  const vectorCount = fields.filter((field) => isVector(field.dataType)).length;
  if (vectorCount > LIMITS.vectorFieldsMax) {
    throw new BraidError(
      'parameterUnexpected',
      `maximum vector field's number should be limited to ${LIMITS.vectorFieldsMax}`,
    );
  }
  if (vectorCount === 0) throw new BraidError('parameterUnexpected', 'schema does not contain vector field');
}

function validateNames(fields: readonly { readonly name: string }[]): void {
  const seen = new Set<string>();
  for (const { name } of fields) {
    if (seen.has(name)) throw new BraidError('parameterUnexpected', `duplicated field name ${name} found`);
    seen.add(name);
  }
}

function validateKeys(fields: readonly FieldDraft[]): void {
  const [primary, second] = fields.filter((field) => field.isPrimaryKey);
  if (second) {
    throw new BraidError(
      'parameterUnexpected',
      `there are more than one primary key, field name = ${primary!.name}, ${second.name}`,
    );
  }
  if (!primary) throw new BraidError('parameterUnexpected', 'primary key is not specified');
  for (const [what, keys] of [
    ['partition', fields.filter((field) => field.isPartitionKey)],
    ['clustering', fields.filter((field) => field.isClusteringKey)],
  ] as const) {
    if (keys.length < 2) continue;
    throw new BraidError(
      'parameterUnexpected',
      `there are more than one ${what} key, field name = ${keys[0]!.name}, ${keys[1]!.name}`,
    );
  }
}
