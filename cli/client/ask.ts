import { BraidError } from '../../core/errors.ts';

const ASK_TIMEOUT_MS = 60_000;

/**
 * The text that a Braid answers, and its status. Nobody there, or no answer in a minute: `serviceUnavailable` or `deadlineExceeded` with what to do; `port` is what the address
 * should be, in words.
 */
export async function ask(
  url: string,
  port: string,
  request: RequestInit = {},
): Promise<{ readonly status: number; readonly text: string }> {
  const { host } = new URL(url);
  try {
    const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(ASK_TIMEOUT_MS) });
    return { status: answer.status, text: await answer.text() };
  } catch (cause) {
    if ((cause as Error).name === 'TimeoutError') {
      throw new BraidError(
        'deadlineExceeded',
        `${host} did not answer within ${ASK_TIMEOUT_MS / 1000} s: see its log, and braid doctor`,
        { cause },
      );
    }
    const message = `nothing answers on ${host}: is Braid running, and is this its ${port}? Another one is named by --address`;
    throw new BraidError('serviceUnavailable', message, { cause });
  }
}
