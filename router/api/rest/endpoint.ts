import type { Static, TObject } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { BraidError } from '../../../core/errors.ts';
import { isRecord } from '../../../core/rows/is-record.ts';
import type { Operations } from '../../operations/operations.ts';
import type { RequestContext } from '../../operations/request-context.ts';
import type { ApiLimits } from '../limits.ts';

/** One path of the REST API. */
export interface Endpoint {
  /** Below `/v2/vectordb/`. */
  readonly path: string;
  /** Waits until segments are sealed. */
  readonly isMaintenance: boolean;
  /** What its body must be; paths that only refuse have none. */
  readonly body?: TObject;
  /** Checks the body, does the work. Throws BraidError. */
  serve(body: unknown, call: RestCall): Promise<RestAnswer>;
}

export interface RestCall {
  readonly operations: Operations;
  readonly context: RequestContext;
  /** How 64-bit integers of rows leave: as JSON numbers, or as text for clients whose numbers are doubles. */
  readonly int64: 'number' | 'text';
  readonly limits: ApiLimits;
}

export interface RestAnswer {
  /** The JSON of the envelope's `data`. */
  readonly json: string;
  /** What stands beside `data`. */
  readonly beside?: Readonly<Record<string, unknown>>;
}

/** For calls that have nothing to say but that they succeeded. */
export const DONE: RestAnswer = { json: '{}' };

export function answer(data: unknown): RestAnswer {
  return { json: JSON.stringify(data) };
}

/** An endpoint from the schema of its body, which also types it, and its work. Keys the schema does not name are ignored, `null` is as good as absent. */
export function endpoint<Schema extends TObject>(
  path: string,
  schema: Schema,
  work: (body: Static<Schema>, call: RestCall) => Promise<RestAnswer>,
  options: { readonly isMaintenance: boolean } = { isMaintenance: false },
): Endpoint {
  const validator = Compile(schema);
  return {
    path,
    isMaintenance: options.isMaintenance,
    body: schema,
    serve: async (body, call) => work(checked(validator, body) as Static<Schema>, call),
  };
}

function checked(validator: Validator, body: unknown): unknown {
  const given = isRecord(body) ? withoutNulls(body) : body;
  if (validator.Check(given)) return given;
  throw problemOf(validator, given);
}

interface Problem {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

function problemOf(validator: Validator, given: unknown): BraidError {
  const problems = validator.Errors(given) as readonly Problem[];
  const first = problems[0]!;
  const place = first.instancePath.slice(1).replaceAll('/', '.');
  if (first.keyword === 'required') {
    const { requiredProperties } = first.params as { readonly requiredProperties: readonly string[] };
    const names = requiredProperties.map((name) => (place === '' ? name : `${place}.${name}`));
    return new BraidError('restParameterMissing', `missing required parameters: ${names.join(', ')}`);
  }
  if (first.keyword === 'minLength' || first.keyword === 'minItems') {
    return new BraidError('restParameterMissing', `missing required parameters: ${place} is empty`);
  }
  const reasons = problems
    .filter(({ instancePath, keyword }) => instancePath === first.instancePath && keyword !== 'anyOf')
    .map(({ message }) => message);
  return new BraidError('restBadJson', `${place === '' ? 'the body' : place} ${reasons.join(' or ')}`);
}

function withoutNulls(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}
