/**
 * The one table of errors. Nothing else in the house invents a code: gRPC, REST and the node protocol all translate from here.
 * Codes and their legacy twins are Milvus' (pkg/util/merr/errors.go); SDKs branch on them.
 */

/** One kind of error. `legacy` is the old `ErrorCode` enum that the Node SDK still reads; never 0 on an error. */
interface ErrorKind {
  readonly code: number;
  readonly legacy: number;
  readonly retriable: boolean;
  /** True when the caller must change the request; false when the world must change. */
  readonly input: boolean;
}

const kind = (code: number, legacy: number, options: { retriable?: boolean; input?: boolean } = {}): ErrorKind => ({
  code,
  legacy,
  retriable: options.retriable ?? false,
  input: options.input ?? false,
});

const UNEXPECTED_ERROR = 1;

export const ERRORS = {
  serviceNotReady: kind(1, 56, { retriable: true }),
  serviceUnavailable: kind(2, UNEXPECTED_ERROR, { retriable: true }),
  memoryLimitExceeded: kind(3, 52),
  tooManyRequests: kind(4, UNEXPECTED_ERROR, { retriable: true }),
  internal: kind(5, UNEXPECTED_ERROR),
  diskLimitExceeded: kind(7, 54),
  rateLimited: kind(8, 49, { retriable: true }),
  unimplemented: kind(10, UNEXPECTED_ERROR),
  timeTickDelay: kind(11, 55),
  resourceInsufficient: kind(12, UNEXPECTED_ERROR, { retriable: true }),
  collectionNotFound: kind(100, 4, { input: true }),
  collectionNotLoaded: kind(101, UNEXPECTED_ERROR, { input: true }),
  collectionLimit: kind(102, UNEXPECTED_ERROR),
  collectionNotFullyLoaded: kind(103, UNEXPECTED_ERROR, { retriable: true }),
  collectionLoaded: kind(104, UNEXPECTED_ERROR, { input: true }),
  illegalSchema: kind(105, UNEXPECTED_ERROR, { input: true }),
  schemaMismatch: kind(109, 62, { retriable: true }),
  partitionNotFound: kind(200, 15, { input: true }),
  partitionNotLoaded: kind(201, UNEXPECTED_ERROR, { input: true }),
  capacityExceeded: kind(250, UNEXPECTED_ERROR),
  resourceGroupNotFound: kind(300, UNEXPECTED_ERROR, { input: true }),
  resourceGroupExists: kind(301, UNEXPECTED_ERROR, { input: true }),
  resourceGroupLimit: kind(302, UNEXPECTED_ERROR),
  resourceGroupConfigInvalid: kind(303, UNEXPECTED_ERROR, { input: true }),
  resourceGroupNodesShort: kind(304, UNEXPECTED_ERROR),
  replicaNotAvailable: kind(401, 46),
  segmentNotFound: kind(600, 47),
  segmentLoadFailed: kind(604, UNEXPECTED_ERROR),
  indexNotFound: kind(700, 25, { input: true }),
  indexNotSupported: kind(701, UNEXPECTED_ERROR, { input: true }),
  indexDuplicate: kind(702, UNEXPECTED_ERROR, { input: true }),
  databaseNotFound: kind(800, UNEXPECTED_ERROR, { input: true }),
  databaseLimit: kind(801, UNEXPECTED_ERROR),
  databaseNameInvalid: kind(802, UNEXPECTED_ERROR, { input: true }),
  nodeNotFound: kind(901, UNEXPECTED_ERROR),
  nodeNotMatch: kind(904, 50),
  storageFailed: kind(1001, UNEXPECTED_ERROR),
  parameterInvalid: kind(1100, 5, { input: true }),
  /** Milvus answers some parameter errors (mostly of DDL and search) with the legacy code UnexpectedError; tests of SDKs pin the pair. */
  parameterUnexpected: kind(1100, UNEXPECTED_ERROR, { input: true }),
  parameterMissing: kind(1101, UNEXPECTED_ERROR, { input: true }),
  parameterTooLarge: kind(1102, UNEXPECTED_ERROR, { input: true }),
  notAuthenticated: kind(1400, UNEXPECTED_ERROR, { input: true }),
  privilegeNotPermitted: kind(1401, UNEXPECTED_ERROR, { input: true }),
  /** Who calls has not been granted it: gRPC's PERMISSION_DENIED, HTTP's 403. */
  permissionDenied: kind(1401, UNEXPECTED_ERROR, { input: true }),
  /** Milvus gives the failures of users and roles legacy codes of their own, and no new one. */
  userExists: kind(65535, 29, { input: true }),
  userNotFound: kind(65535, 33, { input: true }),
  roleExists: kind(65535, 35, { input: true }),
  roleInUse: kind(65535, 36, { input: true }),
  roleNotFound: kind(65535, 37, { input: true }),
  aliasNotFound: kind(1600, UNEXPECTED_ERROR, { input: true }),
  aliasNameConflict: kind(1601, UNEXPECTED_ERROR, { input: true }),
  aliasExists: kind(1602, UNEXPECTED_ERROR, { input: true }),
  aliasLimit: kind(1603, UNEXPECTED_ERROR),
  fieldNotFound: kind(1700, UNEXPECTED_ERROR, { input: true }),
  fieldNameInvalid: kind(1701, UNEXPECTED_ERROR, { input: true }),
  /** Who calls is not known: gRPC's UNAUTHENTICATED, HTTP's 401. */
  unauthenticated: kind(1800, UNEXPECTED_ERROR, { input: true }),
  restBadJson: kind(1801, UNEXPECTED_ERROR, { input: true }),
  restParameterMissing: kind(1802, UNEXPECTED_ERROR, { input: true }),
  restInsertInvalid: kind(1804, UNEXPECTED_ERROR, { input: true }),
  importFailed: kind(2100, UNEXPECTED_ERROR, { input: true }),
  /** The writer's term is over: another writer leads. Never shown to clients as success or as a definite failure of a sent write. */
  termLost: kind(2, UNEXPECTED_ERROR, { retriable: true }),
  notSupported: kind(3000, UNEXPECTED_ERROR, { input: true }),
  cancelled: kind(10000, UNEXPECTED_ERROR),
  deadlineExceeded: kind(10001, UNEXPECTED_ERROR),
  unexpected: kind(65535, UNEXPECTED_ERROR),
} as const satisfies Record<string, ErrorKind>;

export type ErrorName = keyof typeof ERRORS;

/** An error of the world (not a bug). The message is lower-case and names the thing, the value and the limit. */
export class BraidError extends Error {
  override readonly name = 'BraidError';
  readonly kind: ErrorName;

  constructor(kind: ErrorName, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.kind = kind;
  }

  get code(): number {
    return ERRORS[this.kind].code;
  }

  get legacyCode(): number {
    return ERRORS[this.kind].legacy;
  }

  get retriable(): boolean {
    return ERRORS[this.kind].retriable;
  }

  get isInput(): boolean {
    return ERRORS[this.kind].input;
  }
}

/**
 * What is thrown becomes a BraidError: aborts and time-outs keep their meaning, so does an error of a package that brought its own copy of this class, and anything unknown is
 * `unexpected` with its cause kept.
 */
export function toBraidError(thrown: unknown): BraidError {
  if (thrown instanceof BraidError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { kind } = error as Partial<BraidError>;
  if (error.name === 'BraidError' && kind !== undefined && Object.hasOwn(ERRORS, kind))
    return new BraidError(kind, error.message, { cause: error });
  if (error.name === 'TimeoutError') return new BraidError('deadlineExceeded', 'deadline exceeded', { cause: error });
  if (error.name === 'AbortError') return new BraidError('cancelled', 'cancelled by the caller', { cause: error });
  return new BraidError('unexpected', error.message, { cause: error });
}

/** For bugs: a broken invariant stops the operation with a message that says why it must hold. */
export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${why}`);
}
