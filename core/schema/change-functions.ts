import { BraidError } from '../errors.ts';
import {
  type CollectionSchema,
  type FieldSchema,
  type FunctionSchema,
  fieldByName,
  functionOfOutput,
  isHidden,
  nextFieldId,
} from './collection-schema.ts';
import { withoutFields } from './drop-field.ts';
import { hiddenTerms } from './hidden-terms.ts';
import type { FunctionDraft } from './validate-collection-schema.ts';
import { FIRST_FUNCTION_ID, validateFunctions } from './validate-functions.ts';

/** Functions of collections that have rows. None of these changes its input; each gives a schema of the next version. */

/**
 * Adds a function, with its output field or onto one that is there: then that field gets a new id, so that what clients sent for it is not taken for what the function computes.
 * `added`: the new field, its id is given here. Throws what `validateFunctions` throws, and for names that are taken.
 */
export function addFunction(
  schema: CollectionSchema,
  draft: FunctionDraft,
  added: FieldSchema | undefined,
): CollectionSchema {
  if (schema.functions.some(({ name }) => name === draft.name)) throw invalid(`duplicate function name: ${draft.name}`);
  const id = nextFieldId(schema);
  const fields = added
    ? withField(schema.fields, { ...added, id })
    : schema.fields.map((field) =>
        draft.outputFieldNames.includes(field.name) ? { ...field, id, nullable: false } : field,
      );
  const shown = fields.filter((field) => !isHidden(field));
  const [definition] = validateFunctions([draft], shown);
  refuseSecondFunction(schema, draft, added);
  const version = schema.version + 1;
  const functions = [...schema.functions, { ...definition!, id: nextFunctionId(schema), sinceVersion: version }];
  return { ...schema, fields, functions, version };
}

/** The fields with one more, behind those that clients see. */
export function withField(fields: readonly FieldSchema[], added: FieldSchema): readonly FieldSchema[] {
  return [...fields.filter((field) => !isHidden(field)), added, ...fields.filter(isHidden)];
}

/** Only the description may change: BM25 has no params, and another input or output is another function. */
export function alterFunction(schema: CollectionSchema, name: string, draft: FunctionDraft): CollectionSchema {
  const before = functionNamed(schema, name);
  if (draft.name !== name) throw invalid(`the name of function ${name} cannot be altered, got ${draft.name}`);
  const [after] = validateFunctions(
    [draft],
    schema.fields.filter((field) => !isHidden(field)),
  );
  const isSame = (left: readonly number[], right: readonly number[]) => left.join() === right.join();
  if (!isSame(after!.inputFieldIds, before.inputFieldIds) || !isSame(after!.outputFieldIds, before.outputFieldIds)) {
    throw invalid(`input and output of function ${name} cannot be altered: drop it and add another one`);
  }
  const altered = { ...before, description: draft.description };
  const functions = schema.functions.map((definition) => (definition === before ? altered : definition));
  return { ...schema, functions, version: schema.version + 1 };
}

/**
 * Drops a function. Its output field goes with it, or stays as a field like any other: then it is nullable, all rows that are there have no value, and clients send those that come.
 * (What BM25 makes cannot be read, so nothing is lost; and segments whose rows are older than the function never had it.) A text that `text_match` may read keeps its terms, in a hidden field.
 */
export function dropFunction(schema: CollectionSchema, name: string, dropOutput: boolean): CollectionSchema {
  const dropped = functionNamed(schema, name);
  const functions = schema.functions.filter((definition) => definition !== dropped);
  const version = schema.version + 1;
  const without = { ...schema, functions, version };
  const left = dropOutput ? withoutFields(without, dropped.outputFieldIds) : withPlainField(without, dropped);
  const terms = hiddenTerms(left.fields, functions, nextFieldId(left));
  return {
    ...left,
    fields: [...left.fields, ...terms.fields],
    functions: [...functions, ...terms.functions.map((hidden) => ({ ...hidden, sinceVersion: version }))],
  };
}

function withPlainField(schema: CollectionSchema, { outputFieldIds: [output] }: FunctionSchema): CollectionSchema {
  const plain = { id: nextFieldId(schema), nullable: true };
  const fields = schema.fields.map((field) => (field.id === output ? { ...field, ...plain } : field));
  return { ...schema, fields };
}

function functionNamed(schema: CollectionSchema, name: string): FunctionSchema {
  const found = schema.functions.find((definition) => definition.name === name && !isHidden(definition));
  if (!found) throw invalid(`function not found: ${name}`);
  return found;
}

function refuseSecondFunction(schema: CollectionSchema, draft: FunctionDraft, added: FieldSchema | undefined): void {
  const [name] = draft.outputFieldNames;
  if (added && added.name !== name)
    throw invalid(`function output field "${name}" must be the newly-added field "${added.name}"`);
  const before = fieldByName(schema, name!);
  if (before && functionOfOutput(schema, before.id))
    throw invalid(`duplicate function output field: function ${draft.name}, field ${name}`);
}

function nextFunctionId({ functions }: CollectionSchema): number {
  return Math.max(FIRST_FUNCTION_ID - 1, ...functions.map(({ id }) => id)) + 1;
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
