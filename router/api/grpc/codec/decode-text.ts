import { BraidError } from '../../../../core/errors.ts';

/** Texts that are no UTF-8 are refused rather than taken for something else. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new BraidError('parameterInvalid', 'a query text is not UTF-8', { cause });
  }
}
