import { BraidError } from '../errors.ts';
import { LIMITS } from '../limits.ts';

/** A text that a request brings to be analysed at once may be as long as one that is stored. */
export function checkTextLength(text: string): void {
  const length = Buffer.byteLength(text);
  if (length <= LIMITS.varCharLengthMax) return;
  const message = `a text of ${length} bytes is too long to be analysed, the limit is ${LIMITS.varCharLengthMax}`;
  throw new BraidError('parameterTooLarge', message);
}
