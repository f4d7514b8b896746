import type { CallScope } from './call-scope.ts';
import { redact, redactText } from './redact.ts';

/** Of the Elastic Common Schema that the field names are from (elastic.co/guide/en/ecs/8.17). docker/elk has the types. */
export const ECS_VERSION = '8.17.0';

type Fields = Readonly<Record<string, unknown>>;

/** Names of the house that have one in ECS; all others go below `braid`. Values of these are texts and numbers. */
const ECS_NAMES: ReadonlyMap<string, string> = new Map([
  ['requestId', 'http.request.id'],
  ['traceId', 'trace.id'],
  ['spanId', 'span.id'],
  ['remoteAddress', 'client.address'],
  ['stack', 'error.stack_trace'],
]);

/**
 * The fields of one line, as whoever logs gives them, by ECS names: an error (`err`, `error`) becomes `error.*`, ids of the call those of ECS, names that are dotted already stay, the rest stands below `braid`.
 * Nothing that redact.ts holds back is among them.
 */
export function ecsFields(fields: Fields): Record<string, unknown> {
  const line: Record<string, unknown> = {};
  const own: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const known = name.includes('.') ? name : ECS_NAMES.get(name);
    if (name === 'err' || name === 'error') Object.assign(line, errorFields(value));
    else if (known) line[known] = redact(known, value);
    else own[name] = redact(name, value);
  }
  if (Object.keys(own).length > 0) line['braid'] = own;
  return line;
}

/** What the call under way adds to a line that does not say it itself. */
export function callFields({ requestId, traceId, spanId }: CallScope): Record<string, unknown> {
  return { requestId, ...(traceId !== '' && { traceId, spanId }) };
}

export function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { 'error.message': redactText(String(error)) };
  const { code, kind } = error as { readonly code?: unknown; readonly kind?: unknown };
  return {
    'error.type': typeof kind === 'string' ? kind : error.name,
    'error.message': redactText(error.message),
    ...((typeof code === 'number' || typeof code === 'string') && { 'error.code': String(code) }),
    'error.stack_trace': redactText(stackWithCauses(error)),
  };
}

const CAUSES_MAX = 5;

function stackWithCauses(error: Error): string {
  const stacks = [error.stack ?? error.message];
  let { cause } = error;
  for (let i = 0; i < CAUSES_MAX && cause instanceof Error; i++) {
    stacks.push(`caused by: ${cause.stack ?? cause.message}`);
    cause = cause.cause;
  }
  return stacks.join('\n');
}
