import Type from 'typebox';
import { Value } from 'typebox/value';
import { BraidError } from '../../core/errors.ts';
import type { PluginLogger } from '../plugin.ts';
import type { Member } from './discovery.ts';
import { DISCOVERY_LIMITS } from './limits.ts';

/** Raised when an older reader would misunderstand the record; fields that it merely does not know need no new version. */
export const RECORD_VERSION = 1;

/** How a member is written in a registry: the member and a version. */
const schema = Type.Object({
  version: Type.Literal(RECORD_VERSION),
  nodeId: Type.String({ pattern: '^\\S+$', maxLength: DISCOVERY_LIMITS.nodeIdLengthMax }),
  address: Type.String({ pattern: '^[^/\\s]+:\\d{1,5}$' }),
  roles: Type.Array(Type.Union([Type.Literal('router'), Type.Literal('writer'), Type.Literal('reader')]), {
    minItems: 1,
  }),
  zone: Type.Optional(Type.String()),
  weight: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  labels: Type.Optional(Type.Record(Type.String(), Type.String())),
});

/** The JSON text that a registry keeps as a value. A member that no reader would understand throws `parameterInvalid`. */
export function encodeMember(member: Member): string {
  const text = JSON.stringify({ version: RECORD_VERSION, ...member });
  const bytes = Buffer.byteLength(text);
  if (bytes > DISCOVERY_LIMITS.recordBytesMax) {
    throw new BraidError(
      'parameterInvalid',
      `the record of node "${member.nodeId}" has ${bytes} bytes, the limit is ${DISCOVERY_LIMITS.recordBytesMax}: it has too many labels`,
    );
  }
  decodeMember(text);
  return text;
}

/** The member of a record: JSON text, or the record itself where a registry keeps fields apart. Unknown fields are ignored; anything else that is wrong throws. */
export function decodeMember(record: unknown): Member {
  const value = typeof record === 'string' ? parse(record) : record;
  if (!Value.Check(schema, value)) throw new BraidError('parameterInvalid', firstProblem(value));
  const { nodeId, address, roles, zone, weight, labels } = value;
  return {
    nodeId,
    address,
    roles,
    ...(zone !== undefined && { zone }),
    ...(weight !== undefined && { weight }),
    ...(labels !== undefined && { labels }),
  };
}

/** One entry of a registry: where it lies there, and what `decodeMember` takes. */
export interface RegistryEntry {
  readonly key: string;
  readonly record: unknown;
}

/**
 * Reads a registry's entries into a list of members. An entry that cannot be read is left out, with one warning for as long as it stays as it is: it
 * never costs the others. Of several entries of one node the last one counts.
 */
export class RegistryEntries {
  readonly #logger: PluginLogger;
  #warned = new Map<string, string>();

  constructor(logger: PluginLogger) {
    this.#logger = logger;
  }

  members(entries: Iterable<RegistryEntry>): Member[] {
    const members = new Map<string, Member>();
    const unreadable = new Map<string, string>();
    for (const { key, record } of entries) {
      try {
        const member = decodeMember(record);
        members.set(member.nodeId, member);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (this.#warned.get(key) !== reason)
          this.#logger.warn({ key, reason }, 'an entry of the registry is no member and is left out');
        if (unreadable.size < DISCOVERY_LIMITS.warningsKept) unreadable.set(key, reason);
      }
    }
    this.#warned = unreadable;
    return [...members.values()];
  }
}

function parse(text: string): unknown {
  if (text.length > DISCOVERY_LIMITS.recordBytesMax) {
    throw new BraidError(
      'parameterInvalid',
      `it has ${text.length} characters, the limit is ${DISCOVERY_LIMITS.recordBytesMax}`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BraidError('parameterInvalid', 'it is not JSON', { cause });
  }
}

function firstProblem(value: unknown): string {
  const version = (value as { readonly version?: unknown } | null)?.version;
  if (typeof version === 'number' && version !== RECORD_VERSION)
    return `its version is ${version}, this server reads ${RECORD_VERSION}`;
  const [error] = Value.Errors(schema, value);
  return `${error?.instancePath.slice(1).replaceAll('/', '.') || 'the record'} ${error?.message ?? 'is not valid'}`;
}
