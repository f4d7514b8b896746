import { BraidError } from '../errors.ts';
import { LIMITS } from '../limits.ts';

/** Names and passwords of users, names of roles and of groups of privileges: Milvus' rules and words (internal/proxy/util.go). */

export function validateUserName(name: string): void {
  if (name.trim() === '') throw invalid('username must be not empty');
  if (name.length > LIMITS.userNameLengthMax) {
    const limit = `the length of username must be less than ${LIMITS.userNameLengthMax}`;
    throw invalid(`invalid username ${name} with length ${name.length}, ${limit}`);
  }
  if (!/^[A-Za-z]/.test(name)) {
    throw invalid(`invalid user name ${name}, the first character must be a letter, but got ${name[0]}`);
  }
  const wrong = /[^\w.-]/.exec(name);
  if (!wrong) return;
  const allowed = 'username must contain only numbers, letters, underscores, dots, and hyphens';
  throw invalid(`invalid user name ${name}, ${allowed}, but got ${wrong[0]}`);
}

/** Of the clear text, in bytes of UTF-8. */
export function validatePassword(password: string): void {
  const length = Buffer.byteLength(password);
  const { passwordBytesMin, passwordBytesMax } = LIMITS;
  if (length >= passwordBytesMin && length <= passwordBytesMax) return;
  const expected = `[expected=value in range [${passwordBytesMin}, ${passwordBytesMax}]][actual=${length}]`;
  throw invalid(`invalid password length: invalid parameter${expected}`);
}

export function validateRoleName(name: string): void {
  validateEntityName('role name', name);
}

export function validateGroupName(name: string): void {
  validateEntityName('privilege group name', name);
}

export function validateDescription(what: string, description: string): void {
  if (description.length <= LIMITS.accessDescriptionLengthMax) return;
  const limit = LIMITS.accessDescriptionLengthMax;
  throw invalid(`the description of ${what} has ${description.length} characters, the limit is ${limit}`);
}

function validateEntityName(what: string, name: string): void {
  if (name.trim() === '') throw invalid(`${what} should not be empty`);
  if (name.length > LIMITS.nameLengthMax)
    throw invalid(`the length of ${what} must be less than ${LIMITS.nameLengthMax}`);
  if (!/^[A-Za-z_]/.test(name))
    throw invalid(`the first character of ${what} must be an underscore or letter: ${name}`);
  if (!/^\w+$/.test(name)) throw invalid(`${what} can only contain numbers, letters, and underscores: ${name}`);
}

function invalid(message: string): BraidError {
  return new BraidError('parameterInvalid', message);
}
