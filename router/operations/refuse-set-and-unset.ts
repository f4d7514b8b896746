import type { Properties } from '../../core/catalog-commands.ts';
import { BraidError } from '../../core/errors.ts';

/** One request either sets properties or removes some. */
export function refuseSetAndUnset(set: Properties, unset: readonly string[]): void {
  const setCount = Object.keys(set).length;
  if (setCount > 0 && unset.length > 0) {
    throw new BraidError('parameterInvalid', 'cannot provide both DeleteKeys and ExtraParams');
  }
  if (setCount === 0 && unset.length === 0) {
    throw new BraidError('parameterInvalid', 'The properties and delete keys both are empty, nothing is to be altered');
  }
}
