import { assert, BraidError } from '../../core/errors.ts';
import { STORAGE_LIMITS } from './limits.ts';

const STEP = '[a-z0-9_-][a-z0-9._-]*';
const KEY = new RegExp(`^${STEP}(?:/${STEP})*$`);
const PREFIX = new RegExp(`^(?:${STEP}/)*(?:${STEP})?$`);

/**
 * A key is a relative path of lower-case letters, digits, `_`, `-` and `.`; no step begins with a dot, so that `..` and hidden files cannot be named.
 * Keys are made by this house from ids: a bad one is a bug.
 */
export function checkObjectKey(key: string): void {
  assert(key.length <= STORAGE_LIMITS.keyLengthMax && KEY.test(key), `${JSON.stringify(key)} is no key of an object`);
}

/** The beginning of keys; empty for all of them. */
export function checkObjectPrefix(prefix: string): void {
  const isValid = prefix.length <= STORAGE_LIMITS.keyLengthMax && PREFIX.test(prefix);
  assert(isValid, `${JSON.stringify(prefix)} is no prefix of keys`);
}

/** A relative path of a file that a user names: no step is empty or begins with a dot. */
export function checkFilePath(path: string): void {
  const isValid =
    path.length > 0 &&
    path.length <= STORAGE_LIMITS.keyLengthMax &&
    !/[\0\\]/.test(path) &&
    path.split('/').every((step) => step !== '' && !step.startsWith('.'));
  if (isValid) return;
  throw new BraidError(
    'parameterInvalid',
    `${JSON.stringify(path)} is no path of a file below the root of the storage`,
  );
}
