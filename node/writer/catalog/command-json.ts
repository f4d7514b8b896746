import type { CatalogCommand } from '../../../core/catalog-commands.ts';
import { BraidError } from '../../../core/errors.ts';
import { WRITER_LIMITS } from '../limits.ts';

/**
 * Commands travel as JSON in which a bigint is `{"$bigint":"123"}` (default values of Int64 fields). The router is trusted with the shape, as with every other
 * message of the node protocol; the kind is checked.
 */
export function decodeCommand(json: Uint8Array): CatalogCommand {
  if (json.length > WRITER_LIMITS.commandBytesMax) {
    const message = `a command of ${json.length} bytes, the limit is ${WRITER_LIMITS.commandBytesMax}`;
    throw new BraidError('parameterTooLarge', message);
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(json), reviveBigint);
  } catch (error) {
    throw new BraidError('parameterInvalid', 'a command that is not JSON', { cause: error });
  }
  const kind = (value as { kind?: unknown } | null)?.kind;
  if (typeof kind !== 'string') throw new BraidError('parameterInvalid', 'a command without a kind');
  return value as CatalogCommand;
}

export function encodeResult(result: Readonly<Record<string, unknown>>): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(result));
}

function reviveBigint(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { $bigint: digits } = value as { $bigint?: unknown };
  return typeof digits === 'string' && /^-?\d{1,40}$/.test(digits) ? BigInt(digits) : value;
}
