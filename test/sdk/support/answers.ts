import type { ResStatus } from '@zilliz/milvus2-sdk-node';
import { expect, test } from 'vitest';
import type { RestReply } from '../../e2e/rest-client.ts';
import { REFUSES } from '../compatibility/evidence.ts';

/** Milvus' code of what a server does not support. */
export const NOT_SUPPORTED = 3000;

/** The SDK answers with a bare status or with a message that carries one. */
export type Answer = ResStatus | { readonly status: ResStatus };

export function statusOf(answer: Answer): ResStatus {
  return 'status' in answer ? answer.status : answer;
}

/** The answer, which must be a success. */
export function ok<A extends Answer>(answer: A): A {
  const { error_code, reason } = statusOf(answer);
  expect(error_code, reason).toBe('Success');
  return answer;
}

/** The data of a REST reply, which must be a success. */
// biome-ignore lint/suspicious/noExplicitAny: tests look at whatever the server has sent.
export function okData(reply: RestReply): any {
  expect(reply, reply.message).toMatchObject({ status: 200, code: 0 });
  return reply.data;
}

/** The answer must be this error: Milvus' code, and words of its reason. */
export function failsWith(answer: Answer, code: number, reason: RegExp | string = ''): void {
  const status = statusOf(answer);
  expect(status).toMatchObject({ code, reason: expect.stringMatching(reason) });
  expect(status.error_code, 'the older code of an error').not.toBe('Success');
}

/** As `failsWith` where the SDK looks at the answer itself: 2.6 and 3.0 throw the status of createCollection, 2.5 an error with its reason. */
export async function throwsWith(call: Promise<unknown>, code: number, reason: RegExp): Promise<void> {
  const thrown: unknown = await call.then(
    () => undefined,
    (error: unknown) => error ?? {},
  );
  if (thrown instanceof Error) expect(thrown.message).toMatch(reason);
  else failsWith(thrown as ResStatus, code, reason);
}

/** A test that sees Braid refuse clearly what it does not support; it becomes a limit in docs/compatibility.md. */
export function refuses(what: string, call: () => Promise<Answer>): void {
  test(`${REFUSES} ${what}`, async () => {
    failsWith(await call(), NOT_SUPPORTED, /not supported/);
  });
}

/** The same over REST. */
export function restRefuses(what: string, call: () => Promise<RestReply>): void {
  test(`${REFUSES} ${what}`, async () => {
    expect(await call()).toMatchObject({
      status: 200,
      code: NOT_SUPPORTED,
      message: expect.stringMatching(/not supported/),
    });
  });
}
