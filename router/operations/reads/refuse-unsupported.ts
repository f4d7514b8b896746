import { BraidError } from '../../../core/errors.ts';

/** Parameters that would change the answer, and that this server has not, are errors, unless they are false or empty. */
export function refuseUnsupported(
  what: 'search' | 'hybrid search' | 'query',
  given: ReadonlyMap<string, string>,
  names: readonly string[],
): void {
  for (const name of names) {
    const text = given.get(name);
    if (text === undefined || /^"?(false|null|0|\[\])?"?$/i.test(text.trim())) continue;
    throw new BraidError('notSupported', `${what} parameter ${name} is not supported by this server yet`);
  }
}
