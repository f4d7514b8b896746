import { parseWithBigints, stringifyWithBigints } from '../../../core/bigint-json.ts';
import type { CatalogCommand } from '../../../core/catalog-commands.ts';
import { BraidError } from '../../../core/errors.ts';
import { WRITER_LIMITS } from '../limits.ts';

/**
 * Commands travel as JSON that keeps bigints (core/bigint-json.ts: default values of Int64 fields). The router is trusted with the shape, as with every other
 * message of the node protocol; the kind is checked.
 */
export function decodeCommand(json: Uint8Array): CatalogCommand {
  if (json.length > WRITER_LIMITS.commandBytesMax) {
    const message = `a command of ${json.length} bytes, the limit is ${WRITER_LIMITS.commandBytesMax}`;
    throw new BraidError('parameterTooLarge', message);
  }
  let value: unknown;
  try {
    value = parseWithBigints(new TextDecoder().decode(json));
  } catch (error) {
    throw new BraidError('parameterInvalid', 'a command that is not JSON', { cause: error });
  }
  const kind = (value as { kind?: unknown } | null)?.kind;
  if (typeof kind !== 'string') throw new BraidError('parameterInvalid', 'a command without a kind');
  return value as CatalogCommand;
}

export function encodeResult(result: Readonly<Record<string, unknown>>): Uint8Array {
  return new TextEncoder().encode(stringifyWithBigints(result));
}
