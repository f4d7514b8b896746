import { BraidError } from '../../../core/errors.ts';

/** The API server has forgotten the changes since then: list again. */
export const GONE = 410;
export const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const BAD_REQUEST = 400;

export interface ApiRequest {
  readonly verb: 'list' | 'watch';
  readonly namespace: string;
  readonly selector: string;
}

/** The status code of an error of the client library, of an answer or of an event of a watch. */
export function statusOf(error: unknown): number | undefined {
  const { code, statusCode } = (error ?? {}) as { readonly code?: unknown; readonly statusCode?: unknown };
  return [code, statusCode].find((value) => typeof value === 'number') as number | undefined;
}

/** Says what is missing; an input error where only the operator can mend it. */
export function toApiError(error: unknown, { verb, namespace, selector }: ApiRequest): BraidError {
  const what = `${verb} endpointslices in namespace "${namespace}"`;
  switch (statusOf(error)) {
    case UNAUTHORIZED:
      return new BraidError(
        'notAuthenticated',
        `the API server does not know who wants to ${what}: the token is missing, wrong or expired`,
        {
          cause: error,
        },
      );
    case FORBIDDEN:
      return new BraidError(
        'notAuthenticated',
        `this service account may not ${what}: give it a Role with the rule {apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"]}`,
        { cause: error },
      );
    case BAD_REQUEST:
      return new BraidError('parameterInvalid', `the API server refuses to ${what} with the selector "${selector}"`, {
        cause: error,
      });
    default:
      return new BraidError('serviceUnavailable', `cannot ${what}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Without the headers and the body that the library puts into its message. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as { readonly message?: string; readonly cause?: { readonly message?: string } };
  const [line] = (message ?? String(error)).split('\nBody:');
  return [line, cause?.message].filter(Boolean).join(': ');
}
