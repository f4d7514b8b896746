import type { Static, TObject } from 'typebox';
import { Value } from 'typebox/value';
import { BraidError } from '../core/errors.ts';
import { nearestName } from './nearest-name.ts';
import { parseQuantity } from './setting-types.ts';

/** The part of JSON Schema that settings use. */
export interface SettingSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly unit?: string;
  readonly secret?: boolean;
  /** The roles that look at it, if it is not all of them, or those of its block. */
  readonly readBy?: readonly string[];
  readonly required?: readonly string[];
  readonly description?: string;
  readonly additionalProperties?: unknown;
  readonly properties?: Readonly<Record<string, SettingSchema>>;
  readonly items?: SettingSchema;
  readonly anyOf?: readonly SettingSchema[];
}

/**
 * Settings as a person wrote them become settings as the schema promises them: text becomes numbers where the schema wants numbers (`"30s"`, `"64MB"`),
 * defaults are filled in, unknown keys are refused. What is wrong throws `parameterInvalid` with one line that names the setting (below `where`),
 * its value, what is allowed, and for a mistyped key the nearest known one.
 */
export function checkSettings<Schema extends TObject>(schema: Schema, given: unknown, where: string): Static<Schema> {
  const strictSchema = strict(schema) as Schema;
  const settings = complete(strictSchema, structuredClone(given ?? {}));
  if (Value.Check(strictSchema, settings)) return settings;
  throw new BraidError('parameterInvalid', firstProblem(strictSchema, settings, where));
}

/** The same schema, where a block refuses unknown keys unless it says otherwise. */
function strict(schema: SettingSchema): SettingSchema {
  const { properties, items, anyOf } = schema;
  return {
    ...schema,
    ...(properties !== undefined && {
      additionalProperties: schema.additionalProperties ?? false,
      properties: Object.fromEntries(Object.entries(properties).map(([key, property]) => [key, strict(property)])),
    }),
    ...(items !== undefined && { items: strict(items) }),
    ...(anyOf !== undefined && { anyOf: anyOf.map(strict) }),
  };
}

/**
 * A copy with defaults filled in, and with text where the schema wants something else read as that, where it can be. Everything else stays for the
 * check to judge. (TypeBox' own `Value.Default` needs marks that plain JSON schemas of other packages lack.)
 */
function complete(schema: SettingSchema, given: unknown): unknown {
  const value = given ?? structuredClone(schema.default);
  if (schema.anyOf !== undefined) return completeUnion(schema.anyOf, value);
  if (typeof value === 'string') return completeText(schema, value);
  if (Array.isArray(value)) {
    return schema.items === undefined ? value : value.map((item) => complete(schema.items!, item));
  }
  return isRecord(value) && schema.properties !== undefined ? completeBlock(schema.properties, value) : value;
}

function completeText(schema: SettingSchema, text: string): unknown {
  if (schema.type === 'integer' || schema.type === 'number') return parseQuantity(text, schema.unit) ?? text;
  if (schema.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (schema.type !== 'array') return text;
  const items = text.split(',').map((item) => item.trim());
  return complete(
    schema,
    items.filter((item) => item !== ''),
  );
}

function completeBlock(properties: Readonly<Record<string, SettingSchema>>, block: Record<string, unknown>): unknown {
  const unknownKeys = Object.entries(block).filter(([key]) => !Object.hasOwn(properties, key));
  const knownKeys = Object.entries(properties).map(([key, property]) => [
    key,
    complete(property, Object.hasOwn(block, key) ? block[key] : undefined),
  ]);
  return Object.fromEntries([...unknownKeys, ...knownKeys].filter(([, value]) => value !== undefined));
}

function completeUnion(variants: readonly SettingSchema[], value: unknown): unknown {
  for (const variant of variants) {
    const completed = complete(variant, value);
    if (Value.Check(variant, completed)) return completed;
  }
  return value;
}

function firstProblem(schema: TObject, settings: unknown, where: string): string {
  const errors = [...Value.Errors(schema, settings)];
  const unknownKey = errors.find((error) => error.keyword === 'additionalProperties');
  const missingKey = errors.find((error) => error.keyword === 'required');
  const union = errors.find((error) => error.keyword === 'anyOf');
  const error = unknownKey ?? missingKey ?? union ?? errors[0];
  if (error === undefined) return `${where} is not valid`;
  const setting = settingName(where, error.instancePath);
  const allowed = at(schema, error.schemaPath) as SettingSchema;
  if (error.keyword === 'additionalProperties') {
    return unknownKeyProblem(
      setting,
      String(error.params.additionalProperties[0]),
      Object.keys(allowed.properties ?? {}),
    );
  }
  if (error.keyword === 'required') {
    const key = String(error.params.requiredProperties[0]);
    return `${joinName(setting, key)} is missing: must be ${describeAllowed(allowed.properties?.[key] ?? {})}`;
  }
  const value = at(settings, error.instancePath);
  return `${setting} is ${printValue(value, allowed)}: must be ${describeAllowed(allowed)}${quotesHint(value, allowed)}`;
}

function unknownKeyProblem(setting: string, key: string, known: readonly string[]): string {
  const near = nearestName(key, known);
  const hint = near === undefined ? '' : `did you mean "${near}"? `;
  return `${joinName(setting, key)} is not a setting (${hint}known: ${known.join(', ') || 'none'})`;
}

/** What a value may be, in words: "a whole number from 0 to 65535". */
export function describeAllowed(schema: SettingSchema): string {
  if (schema.anyOf !== undefined) {
    const literals = schema.anyOf.every((variant) => variant.const !== undefined);
    const variants = schema.anyOf.map((variant) => describeAllowed(variant));
    return literals ? `one of ${variants.join(', ')}` : variants.join(' or ');
  }
  if (schema.const !== undefined) return String(schema.const);
  if (schema.type === 'integer' || schema.type === 'number') return describeNumber(schema);
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type === 'array') return `a list, each ${describeAllowed(schema.items ?? {})}`;
  if (schema.type === 'object') return `a block with ${Object.keys(schema.properties ?? {}).join(', ') || 'settings'}`;
  if (schema.type === 'string') {
    if (schema.pattern !== undefined) return `text that matches ${schema.pattern}`;
    return schema.minLength !== undefined && schema.minLength > 0 ? 'text that is not empty' : 'text';
  }
  return schema.description ?? 'something else';
}

function describeNumber(schema: SettingSchema): string {
  const number = schema.type === 'integer' ? 'a whole number' : 'a number';
  const unit =
    schema.unit === 'ms'
      ? ' of milliseconds (or 250ms, 30s, 5m)'
      : schema.unit === 'bytes'
        ? ' of bytes (or 64MB, 2GB)'
        : '';
  const { minimum, maximum } = schema;
  if (minimum !== undefined && maximum !== undefined) return `${number}${unit} from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `${number}${unit}, at least ${minimum}`;
  if (maximum !== undefined) return `${number}${unit}, at most ${maximum}`;
  return `${number}${unit}`;
}

function printValue(value: unknown, schema: SettingSchema): string {
  if (schema.secret === true) return '****';
  return JSON.stringify(value) ?? String(value);
}

/** YAML reads an unquoted 12345 or true as a number or a boolean. */
function quotesHint(value: unknown, schema: SettingSchema): string {
  const looksUnquoted = schema.type === 'string' && (typeof value === 'number' || typeof value === 'boolean');
  return looksUnquoted ? ' (put it in quotes)' : '';
}

/** `/readers/0/address` below `discovery.with` is `discovery.with.readers[0].address`. */
function settingName(where: string, instancePath: string): string {
  const steps = pointerSteps(instancePath);
  return steps.reduce((name, step) => (/^\d+$/.test(step) ? `${name}[${step}]` : joinName(name, step)), where);
}

function joinName(name: string, key: string): string {
  return name === '' ? key : `${name}.${key}`;
}

function at(root: unknown, pointer: string): unknown {
  return pointerSteps(pointer).reduce<unknown>((value, step) => (value as Record<string, unknown>)?.[step], root);
}

function pointerSteps(pointer: string): string[] {
  const steps = pointer.replace(/^#/, '').split('/').slice(1);
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
