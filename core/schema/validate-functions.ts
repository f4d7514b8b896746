import { BraidError } from '../errors.ts';
import { fieldAnalyzers, hasAnalyzer } from '../text/field-analyzer.ts';
import type { FieldSchema, FunctionSchema } from './collection-schema.ts';
import { DataType, dataTypeName } from './data-type.ts';
import type { FunctionDraft } from './validate-collection-schema.ts';

export const FIRST_FUNCTION_ID = 100;

/** The functions of a collection to be made: checked, with ids in the order given. Throws in Milvus' words (internal/proxy/util.go), or `notSupported`. */
export function validateFunctions(
  drafts: readonly FunctionDraft[],
  fields: readonly FieldSchema[],
): readonly FunctionSchema[] {
  const names = new Set<string>();
  const outputs = new Set<string>();
  return drafts.map((draft, i) => {
    if (draft.name === '') throw invalid('function name cannot be empty');
    if (names.has(draft.name)) throw invalid(`duplicate function name: ${draft.name}`);
    names.add(draft.name);
    refuseFunctionType(draft);
    const inputs = draft.inputFieldNames.map((name) => fieldNamed(fields, 'input', name));
    const outputFields = draft.outputFieldNames.map((name) => fieldNamed(fields, 'output', name));
    checkInput(draft, inputs, fields);
    checkOutput(draft, outputFields);
    for (const { name } of outputFields) {
      if (outputs.has(name)) throw invalid(`duplicate function output field: function ${draft.name}, field ${name}`);
      outputs.add(name);
    }
    return {
      id: FIRST_FUNCTION_ID + i,
      name: draft.name,
      description: draft.description,
      type: 'BM25',
      inputFieldIds: inputs.map((field) => field.id),
      outputFieldIds: outputFields.map((field) => field.id),
      params: draft.params,
    };
  });
}

/** Throws for the kinds that need a model of others, and for those that are no functions of rows. */
export function refuseFunctionType({ name, type }: FunctionDraft): void {
  if (type === 'BM25') return;
  const message = `functions of type ${type} are not supported by this server, supported is BM25: function ${name}`;
  throw new BraidError('notSupported', message);
}

function fieldNamed(fields: readonly FieldSchema[], role: string, name: string): FieldSchema {
  const field = fields.find((candidate) => candidate.name === name);
  if (!field) throw invalid(`function ${role} field not found: ${name}`);
  return field;
}

function checkInput(
  { name, params }: FunctionDraft,
  inputs: readonly FieldSchema[],
  fields: readonly FieldSchema[],
): void {
  const [input] = inputs;
  if (!input || inputs.length > 1 || input.dataType !== DataType.VarChar) {
    const types = inputs.map((field) => dataTypeName(field.dataType)).join(', ');
    throw invalid(
      `BM25 function input field must be a VARCHAR field, got ${inputs.length} field with type ${types || 'none'}`,
    );
  }
  if (input.nullable) throw invalid(`function input field cannot be nullable: function ${name}, field ${input.name}`);
  if (!hasAnalyzer(input)) throw invalid('BM25 function input field must set enable_analyzer to true');
  checkByField(input, fields);
  if (Object.keys(params).length > 0) throw invalid('BM25 function accepts no params');
}

/** The field that names the analyzer of each row. */
function checkByField(input: FieldSchema, fields: readonly FieldSchema[]): void {
  const { byField } = fieldAnalyzers(input);
  if (byField === undefined) return;
  const by = fields.find((field) => field.name === byField);
  if (by?.dataType === DataType.VarChar) return;
  throw invalid(`multi analyzer by_field ${byField} of field ${input.name} must be a VarChar field of the collection`);
}

function checkOutput({ name }: FunctionDraft, outputs: readonly FieldSchema[]): void {
  const [output] = outputs;
  if (!output || outputs.length > 1) throw invalid(`BM25 function only need 1 output field, but got ${outputs.length}`);
  if (output.dataType !== DataType.SparseFloatVector) {
    const type = dataTypeName(output.dataType);
    throw invalid(`BM25 function output field must be a SparseFloatVector field, but got ${type}`);
  }
  if (output.nullable) {
    throw invalid(`function output field cannot be nullable: function ${name}, field ${output.name}`);
  }
}

function invalid(message: string): BraidError {
  return new BraidError('parameterUnexpected', message);
}
