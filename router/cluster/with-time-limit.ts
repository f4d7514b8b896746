import { BraidError } from '../../core/errors.ts';

/** The promise's outcome, or `serviceUnavailable` after `timeoutMs`. The work behind it goes on: for seams that take no signal. */
export async function withTimeLimit<T>(promise: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new BraidError('serviceUnavailable', `${what} took longer than ${timeoutMs} ms`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
