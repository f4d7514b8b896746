import { BraidError } from '../../../core/errors.ts';
import { isDiskFull } from '../../durable-file.ts';

/** What the SDK throws: an answer of the store (with a status), or a failure to get one (with a code). */
interface S3Failure extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Answers below status 500 that are about the moment and not about the request. Source: "Error responses" of the S3 API reference. */
const PASSING_ANSWERS = new Set([
  'SlowDown',
  'ThrottlingException',
  'Throttling',
  'TooManyRequestsException',
  'RequestTimeout',
  'RequestTimeTooSkewed',
  'BadDigest',
]);

const PASSING_CODES = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND'],
  ...['EAI_AGAIN', 'ERR_STREAM_PREMATURE_CLOSE', 'HPE_INVALID_CONSTANT', 'HPE_INVALID_EOF_STATE'],
]);

/** The status that the store answered with; undefined when it did not answer. */
export function statusOf(error: unknown): number | undefined {
  return (error as Partial<S3Failure> | undefined)?.$metadata?.httpStatusCode;
}

/** Whether the same call may succeed a little later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof BraidError) return error.retriable;
  const { name, code } = error as S3Failure;
  const status = statusOf(error) ?? 0;
  // 409 is a conflict with another request under way. 501 is a store that does not know what was asked.
  if (status === 409 || status === 429 || (status >= 500 && status !== 501) || PASSING_ANSWERS.has(name)) return true;
  return name === 'TimeoutError' || PASSING_CODES.has(code ?? '');
}

/** `what`: "cannot read "segments/1/…" in bucket x". An outage becomes `serviceUnavailable`, which is retriable, anything else `storageFailed`. */
export function toStorageError(what: string, thrown: unknown): unknown {
  // A bug or an abort is for the caller.
  if (!(thrown instanceof Error) || (!isPassing(thrown) && !isOfTheWorld(thrown))) return thrown;
  const kind = isDiskFull(thrown) ? 'diskLimitExceeded' : isPassing(thrown) ? 'serviceUnavailable' : 'storageFailed';
  return new BraidError(kind, `${what}: ${reasonOf(thrown as S3Failure)}`, { cause: thrown });
}

function isOfTheWorld(error: Error): boolean {
  return (
    statusOf(error) !== undefined ||
    'syscall' in error ||
    'code' in error ||
    (error instanceof BraidError && error.kind !== 'parameterInvalid') ||
    error.name === 'CredentialsProviderError'
  );
}

function reasonOf(error: S3Failure): string {
  const status = statusOf(error);
  if (error instanceof BraidError) return error.message;
  if (error.name === 'NoSuchBucket') return 'there is no such bucket';
  // A HEAD has no body that could say more.
  if (error.name === 'NoSuchKey' || error.name === 'NotFound') return 'there is no such object';
  if (error.name === 'SignatureDoesNotMatch') return 'the secret access key is wrong (SignatureDoesNotMatch)';
  if (error.name === 'InvalidAccessKeyId') return 'the store does not know the access key (InvalidAccessKeyId)';
  if (status === 403) return `access is denied (${error.name})`;
  if (status === 412) return 'an object of that key exists, and keys are never used twice';
  const detail = error.message === '' || error.message === error.name ? '' : `: ${error.message}`;
  return status === undefined ? `${error.code ?? error.name}${detail}` : `${error.name} (status ${status})${detail}`;
}
