import { BraidError } from '../errors.ts';
import type { FieldSchema } from '../schema/collection-schema.ts';
import { DataType, dataTypeName } from '../schema/data-type.ts';
import type { Analyzer } from './analyzer.ts';
import { parseAnalyzer } from './parse-analyzer.ts';

/** What of a field (or of one to be made) says how its text is analysed. */
type TextField = Pick<FieldSchema, 'name' | 'dataType' | 'typeParams'>;

/** Made once per field: a schema's fields are values. Only work not done twice. */
const ANALYZERS = new WeakMap<TextField['typeParams'], FieldAnalyzers>();

/** The texts of the field can be searched by their words. */
export function hasAnalyzer({ typeParams }: Pick<TextField, 'typeParams'>): boolean {
  return isSet(typeParams['enable_analyzer']);
}

/** `text_match` and `phrase_match` are allowed. */
export function hasMatch({ typeParams }: Pick<TextField, 'typeParams'>): boolean {
  return isSet(typeParams['enable_match']);
}

/** The analyzers of a field with `enable_analyzer`. Throws for parameters that are wrong; those of a stored schema are not. */
export function fieldAnalyzers(field: TextField): FieldAnalyzers {
  const known = ANALYZERS.get(field.typeParams);
  if (known) return known;
  const analyzers = new FieldAnalyzers(field);
  ANALYZERS.set(field.typeParams, analyzers);
  return analyzers;
}

/** Checks what a field to be made says about its text. */
export function validateTextParams(field: TextField): void {
  if (!hasAnalyzer(field)) {
    if (hasMatch(field)) throw invalid(field, 'enable_match needs enable_analyzer to be true');
    return;
  }
  if (field.dataType !== DataType.VarChar) {
    throw invalid(field, `only VarChar fields can have an analyzer, it is ${dataTypeName(field.dataType)}`);
  }
  const { byField } = new FieldAnalyzers(field);
  if (byField !== undefined && hasMatch(field))
    throw invalid(field, 'multi analyzer now only support for bm25, but now field has enable match');
}

const DEFAULT_ANALYZER = 'default';

/** One analyzer for all rows, or one by the value of another field (`multi_analyzer_params`). */
export class FieldAnalyzers {
  /** Name of the VarChar field that names the analyzer of each row. */
  readonly byField: string | undefined;
  readonly #named = new Map<string, Analyzer>();
  readonly #aliases = new Map<string, string>();

  constructor(field: TextField) {
    const several = field.typeParams['multi_analyzer_params'];
    if (several === undefined) {
      this.#named.set(DEFAULT_ANALYZER, parseAnalyzer(field.typeParams['analyzer_params'] ?? ''));
      return;
    }
    const { analyzers, by_field, alias = {} } = parseObject(field, several);
    if (typeof by_field !== 'string')
      throw invalid(field, 'multi analyzer params now must set by_field to specify with field decide analyzer');
    if (!isObject(analyzers)) throw invalid(field, 'multi analyzer params must set analyzers');
    if (!isObject(alias)) throw invalid(field, 'alias of multi analyzer params must be an object');
    for (const [name, params] of Object.entries(analyzers))
      this.#named.set(name, parseAnalyzer(JSON.stringify(params)));
    if (!this.#named.has(DEFAULT_ANALYZER)) throw invalid(field, 'multi analyzer must set default analyzer');
    for (const [name, target] of Object.entries(alias)) this.#aliases.set(name, String(target));
    this.byField = by_field;
  }

  /** Of rows of this kind; `default` for a name that there is not. */
  named(name: string): Analyzer {
    return this.#named.get(this.#aliases.get(name) ?? name) ?? this.default;
  }

  get default(): Analyzer {
    return this.#named.get(DEFAULT_ANALYZER)!;
  }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && /^"?(true|1|t)"?$/i.test(value);
}

function parseObject(field: TextField, text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BraidError('parameterInvalid', `field ${field.name}: multi_analyzer_params are not JSON`, { cause });
  }
  if (isObject(value)) return value;
  throw invalid(field, 'multi_analyzer_params are no JSON object');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(field: TextField, why: string): BraidError {
  return new BraidError('parameterInvalid', `field ${field.name}: ${why}`);
}
