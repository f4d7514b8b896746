import { BraidError } from '../../../../core/errors.ts';
import type { Filter } from '../../../../core/filter/filter.ts';
import { type CollectionSchema, fieldByName } from '../../../../core/schema/collection-schema.ts';
import { parseFlag } from '../parse-number.ts';
import type { FunctionScoreInput, RankFunctionInput } from './function-score.ts';
import { parseBoosts } from './parse-boosts.ts';
import { parseDecay } from './parse-decay.ts';
import type { Ranker } from './ranker.ts';

const RRF_K_DEFAULT = 60;
/** Exclusive. */
const RRF_K_END = 16_384;
/** Both call models outside of the cluster. */
const MODELS: readonly string[] = ['model', 'tei', 'vllm'];

/** What a ranker may refer to. */
export interface RankScope {
  readonly schema: CollectionSchema;
  readonly compile: (filter: string) => Filter;
}

/** The ranker that `function_score` describes. Errors in the words of Milvus (internal/util/function/rerank). */
export function parseFunctionScore(input: FunctionScoreInput, scope: RankScope): Ranker {
  const names = input.functions.map(rerankerOf);
  const model = names.find((name) => MODELS.includes(name));
  if (model !== undefined) {
    throw new BraidError(
      'notSupported',
      `reranker ${model}: rerankers that call a model are not supported by this server`,
    );
  }
  if (names.length > 0 && names.every((name) => name === 'boost')) return parseBoosts(input, scope);
  const [only] = input.functions;
  if (!only || input.functions.length > 1) {
    throw invalid(`Currently only supports one rerank, but got ${input.functions.length}`);
  }
  const { parameters } = only;
  switch (names[0]) {
    case 'rrf':
      return parseRrf(parameters.get('k'));
    case 'weighted':
      return parseWeighted(parameters.get('weights'), parameters.get('norm_score'));
    case 'decay':
      return parseDecay(only, scope);
    default:
      throw invalid(`Unsupported rerank function: [${names[0]}] , list of supported [decay,rrf,weighted,boost]`);
  }
}

/** The ranker of `strategy` and `params` among the rank parameters of a hybrid search; RRF without any. */
export function parseStrategy(strategy: string, params: Readonly<Record<string, string | undefined>>): Ranker {
  switch (strategy) {
    case '':
    case 'rrf':
      return parseRrf(params['k']);
    case 'weighted':
      return parseWeighted(params['weights'], params['norm_score']);
    default:
      throw invalid(`unsupported rank type ${strategy}`);
  }
}

function rerankerOf(definition: RankFunctionInput): string {
  const { name, isRerank, outputFields, parameters } = definition;
  if (!isRerank) throw invalid(`${name} is not rerank function.`);
  if (outputFields.length > 0) {
    throw invalid(`Rerank function should not have output field, but now is ${outputFields.length}`);
  }
  return (parameters.get('reranker') ?? '').toLowerCase();
}

function parseRrf(text: string | undefined): Ranker {
  const k = text === undefined ? RRF_K_DEFAULT : Number(text);
  if (!Number.isFinite(k)) throw invalid(`The type of rank param k should be float, but got ${text}`);
  if (k <= 0 || k >= RRF_K_END) throw invalid(`The rank params k should be in range (0, ${RRF_K_END})`);
  return { kind: 'rrf', k };
}

function parseWeighted(text: string | undefined, normalized: string | undefined): Ranker {
  if (text === undefined) throw invalid('weights not found');
  const weights = parseList(text);
  if (!weights?.every((weight): weight is number => typeof weight === 'number')) {
    throw invalid(`Parse weights param failed, weight should be []float, but got: ${text}`);
  }
  if (weights.length === 0) throw invalid('weights not found');
  if (weights.some((weight) => weight < 0 || weight > 1)) throw invalid('rank param weight should be in range [0, 1]');
  if (normalized !== undefined && !/^"?(true|false|1|0)"?$/i.test(normalized)) {
    throw invalid(`norm_score params must be true/false, but got ${normalized}`);
  }
  return { kind: 'weighted', weights, isNormalized: parseFlag(normalized) };
}

function parseList(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The field that a rank function reads, which must exist. */
export function inputField(schema: CollectionSchema, name: string) {
  const field = fieldByName(schema, name);
  if (!field) throw invalid(`Function input field not found: ${name}`);
  return field;
}

export function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
