import { describe, expect, test } from 'vitest';
import { BraidError, ERRORS, type ErrorName, toBraidError } from '../../core/errors.ts';
import { encodeStatus } from '../../router/api/grpc/codec/status.ts';

/** Milvus' own rules (pkg/util/merr/errors.go, oldCode): the older code that belongs to a new one; all others are UnexpectedError. */
const LEGACY: Readonly<Record<number, number>> = {
  1: 56,
  3: 52,
  7: 54,
  8: 49,
  9: 48,
  11: 55,
  100: 4,
  109: 62,
  200: 15,
  400: 15,
  401: 46,
  501: 15,
  503: 46,
  600: 47,
  700: 25,
  904: 50,
  905: 46,
  1100: 5,
};
const UNEXPECTED_ERROR = 1;
/** Codes that tell a client to try again. */
const RETRIABLE = [1, 2, 4, 8, 12, 103, 106, 109, 202, 305, 1002, 1807, 2200];
/** What SDKs pin against the rule, see the table. */
const PINNED: Partial<Record<ErrorName, number>> = {
  parameterUnexpected: UNEXPECTED_ERROR,
  userExists: 29,
  userNotFound: 33,
  roleExists: 35,
  roleInUse: 36,
  roleNotFound: 37,
};
/** Several names of one code: they differ in what happens inside, in the older code, or in the status of gRPC and HTTP (1401). */
const SHARED_CODES = [2, 1100, 1401, 65535];

const NAMES = Object.keys(ERRORS) as ErrorName[];

describe.each(NAMES)('%s', (name) => {
  const { code, legacy, retriable } = ERRORS[name];

  test('has the codes and the flag that Milvus gives it', () => {
    expect(code).toBeGreaterThan(0);
    expect(legacy).toBe(PINNED[name] ?? LEGACY[code] ?? UNEXPECTED_ERROR);
    expect(retriable).toBe(RETRIABLE.includes(code));
  });

  test('travels as a status that no client takes for success', () => {
    const status = encodeStatus(new BraidError(name, 'why'));
    expect(status).toMatchObject({ code, errorCode: legacy, reason: 'why', retriable });
    expect(status.errorCode).not.toBe(0);
    expect(status.extraInfo.get('is_input_error')).toBe(ERRORS[name].input ? 'true' : undefined);
  });
});

test('a code has one name, with known exceptions', () => {
  const codes = NAMES.map((name) => ERRORS[name].code).filter((code) => !SHARED_CODES.includes(code));
  expect(new Set(codes).size).toBe(codes.length);
});

test('what was thrown keeps its meaning', () => {
  const own = new BraidError('aliasNotFound', 'gone');
  expect(toBraidError(own)).toBe(own);
  expect(toBraidError(new DOMException('late', 'TimeoutError')).kind).toBe('deadlineExceeded');
  expect(toBraidError(new DOMException('left', 'AbortError')).kind).toBe('cancelled');
  const bug = new TypeError('x is not a function');
  expect(toBraidError(bug)).toMatchObject({ kind: 'unexpected', code: 65535, message: bug.message, cause: bug });
  expect(toBraidError('text')).toMatchObject({ kind: 'unexpected', message: 'text' });
});
