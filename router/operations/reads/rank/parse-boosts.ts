import { type FieldSchema, primaryField } from '../../../../core/schema/collection-schema.ts';
import { DataType, dataTypeName } from '../../../../core/schema/data-type.ts';
import type { FunctionScoreInput, RankFunctionInput } from './function-score.ts';
import { inputField, invalid, type RankScope } from './parse-ranker.ts';
import type { Boost, BoostMode, BoostRanker } from './ranker.ts';

/** One boost per function; `boost_mode` and `function_mode` (both Multiply or Sum) beside them. */
export function parseBoosts(input: FunctionScoreInput, scope: RankScope): BoostRanker {
  return {
    kind: 'boost',
    boosts: input.functions.map((definition) => parseBoost(definition, scope)),
    functionMode: parseMode('function_mode', input.parameters),
    boostMode: parseMode('boost_mode', input.parameters),
  };
}

function parseBoost({ name, parameters }: RankFunctionInput, scope: RankScope): Boost {
  const text = parameters.get('weight');
  if (text === undefined) throw invalid(`must set weight params for weight scorer: ${name}`);
  const weight = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(weight)) throw invalid(`parse function scorer weight params failed: ${text} is not a number`);
  const filter = parameters.get('filter')?.trim();
  return {
    weight,
    filter: filter ? scope.compile(filter) : undefined,
    random: parseRandom(parameters.get('random_score'), scope),
  };
}

function parseRandom(text: string | undefined, { schema }: RankScope): Boost['random'] {
  if (text === undefined) return undefined;
  const { seed = 0, field } = parseObject(text);
  if (!Number.isSafeInteger(Number(seed))) throw invalid(`random seed should be a whole number, but got ${seed}`);
  return { seed: Number(seed), field: field === undefined ? primaryField(schema) : randomField(schema, String(field)) };
}

function randomField(schema: RankScope['schema'], name: string): FieldSchema {
  const field = inputField(schema, name);
  if (field.dataType === DataType.Int64 || field.isPrimaryKey) return field;
  throw invalid(`random field ${name} should be of type Int64, but is ${dataTypeName(field.dataType)}`);
}

function parseObject(text: string): { readonly seed?: unknown; readonly field?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // What is no JSON is no object either.
  }
  throw invalid(`parse random params failed: ${text} is not a JSON object`);
}

function parseMode(name: string, parameters: FunctionScoreInput['parameters']): BoostMode {
  const mode = (parameters.get(name) ?? 'multiply').toLowerCase();
  if (mode === 'multiply' || mode === 'sum') return mode;
  throw invalid(`unknown ${name.replace('_', ' ')}: ${mode}, expected Multiply or Sum`);
}
