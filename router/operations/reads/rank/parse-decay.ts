import type { DecayCurve } from '../../../../core/rank/decay.ts';
import { DataType, dataTypeName } from '../../../../core/schema/data-type.ts';
import { parseFlag } from '../parse-number.ts';
import type { RankFunctionInput } from './function-score.ts';
import { inputField, invalid, type RankScope } from './parse-ranker.ts';
import type { DecayRanker } from './ranker.ts';

const NUMBERS: ReadonlySet<DataType> = new Set([
  DataType.Int8,
  DataType.Int16,
  DataType.Int32,
  DataType.Int64,
  DataType.Float,
  DataType.Double,
  DataType.Timestamptz,
]);
const CURVES: readonly string[] = ['gauss', 'linear', 'exp'] satisfies readonly DecayCurve[];
const COMBINATIONS: readonly string[] = ['max', 'avg', 'sum'] satisfies readonly DecayRanker['combine'][];

/** `function`, `origin`, `scale`, `offset`, `decay` and Milvus' later `score_mode` and `norm_score`. Times are microseconds; the origin may be an ISO time. */
export function parseDecay({ inputFields, parameters }: RankFunctionInput, { schema }: RankScope): DecayRanker {
  if (inputFields.length !== 1) {
    throw invalid(`Decay function only supports single input, but gets [${inputFields.join(' ')}] input`);
  }
  const field = inputField(schema, inputFields[0]!);
  if (!NUMBERS.has(field.dataType)) {
    throw invalid(
      `Decay rerank: unsupported input field type:${dataTypeName(field.dataType)}, only support numeric field`,
    );
  }
  const curve = parameters.get('function') ?? '';
  if (!CURVES.includes(curve)) throw invalid(`Invalid decay function: ${curve}, only support [${CURVES.join(',')}]`);
  const combine = (parameters.get('score_mode') ?? 'max').toLowerCase();
  if (!COMBINATIONS.includes(combine)) {
    throw invalid(`Unsupport score mode: [${combine}], only supports: [${COMBINATIONS.join(', ')}]`);
  }
  const scale = required('scale', parameters);
  const offset = parseReal('offset', parameters.get('offset') ?? '0');
  const decay = parseReal('decay', parameters.get('decay') ?? '0.5');
  if (scale <= 0) throw invalid(`Decay function param: scale must > 0, but got ${scale}`);
  if (offset < 0) throw invalid(`Decay function param: offset must >= 0, but got ${offset}`);
  if (decay <= 0 || decay >= 1) throw invalid(`Decay function param: decay must 0 < decay < 1, but got ${decay}`);
  const origin = originOf(parameters, field.dataType);
  return {
    kind: 'decay',
    field,
    decay: { curve: curve as DecayCurve, origin, scale, offset, decay },
    isNormalized: parseFlag(parameters.get('norm_score')),
    combine: combine as DecayRanker['combine'],
  };
}

function originOf(parameters: RankFunctionInput['parameters'], dataType: DataType): number {
  const text = parameters.get('origin');
  const isTime = dataType === DataType.Timestamptz && text !== undefined && !Number.isFinite(Number(text));
  const timeMs = isTime ? Date.parse(text.replaceAll('"', '')) : Number.NaN;
  return Number.isFinite(timeMs) ? timeMs * 1_000 : required('origin', parameters);
}

function required(name: string, parameters: RankFunctionInput['parameters']): number {
  const text = parameters.get(name);
  if (text === undefined) throw invalid(`Decay function lost param: ${name}`);
  return parseReal(name, text);
}

function parseReal(name: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw invalid(`Param ${name}:${text} is not a number`);
  return value;
}
