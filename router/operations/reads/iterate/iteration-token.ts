import { BraidError } from '../../../../core/errors.ts';

/**
 * Where a page of a search iterator ended. It travels with the client, so that any router can go on. A page that ends in the middle of rows with one score says after which key.
 */
export interface IterationPlace {
  /** Score of the last row; undefined before the first page that has one. */
  readonly bound: number | undefined;
  /** The last key of rows with that score that were given, as a text; undefined: all of them were. */
  readonly key: string | undefined;
  /** How many of them. */
  readonly givenCount: number;
}

export const BEGINNING: IterationPlace = { bound: undefined, key: undefined, givenCount: 0 };

/** Never empty: an empty token reads as that of a server without such iterators. */
export function encodeToken({ bound, key, givenCount }: IterationPlace): string {
  return Buffer.from(JSON.stringify([bound ?? null, key ?? null, givenCount])).toString('base64url');
}

export function decodeToken(token: string): IterationPlace {
  try {
    const [bound, key, givenCount] = JSON.parse(Buffer.from(token, 'base64url').toString()) as unknown[];
    const isBound = bound === null || typeof bound === 'number';
    const isKey = key === null || typeof key === 'string';
    if (isBound && isKey && Number.isSafeInteger(givenCount)) {
      return { bound: bound ?? undefined, key: key ?? undefined, givenCount: givenCount as number };
    }
  } catch {
    // Not a token of ours.
  }
  throw new BraidError('parameterInvalid', `search_iter_id: ${token} is not the token of a search iterator`);
}
