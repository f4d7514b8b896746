import { BraidError } from '../errors.ts';

/** Values inside `analyzer_params`, checked. */

export type AnalyzerParams = Readonly<Record<string, unknown>>;

export function stringList(value: unknown, what: string): readonly string[] {
  if (!Array.isArray(value)) throw invalidAnalyzer(`${what} should be array`);
  for (const item of value) if (typeof item !== 'string') throw invalidAnalyzer(`${what} list item should be string`);
  return value;
}

/** A tokenizer or filter is named by a text, or by the `type` of an object that holds its parameters. */
export function typeAndParams(
  value: unknown,
  what: string,
): { readonly type: string; readonly params: AnalyzerParams } {
  if (typeof value === 'string') return { type: value, params: {} };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidAnalyzer(`${what} name should be string or dict`);
  }
  const params = value as AnalyzerParams;
  const { type } = params;
  if (type === undefined) throw invalidAnalyzer(`no type field in ${what} params`);
  if (typeof type !== 'string') throw invalidAnalyzer(`${what} type should be string`);
  return { type, params };
}

export function invalidAnalyzer(message: string): BraidError {
  return new BraidError('parameterInvalid', `build analyzer failed: ${message}`);
}
