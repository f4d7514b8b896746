import { BraidError } from '../../core/errors.ts';
import { urlOf } from './addresses.ts';
import { ask } from './ask.ts';

/** A JSON page of a router's management port, such as `/status`. `token`: `user:password`, for one that asks. */
export async function managementPage<Page>(address: string, path: string, token?: string): Promise<Page> {
  const url = urlOf(address, path);
  const { status, text } = await ask(
    url,
    'management port',
    token ? { headers: { authorization: `Bearer ${token}` } } : {},
  );
  if (status === 401 || status === 403) {
    throw new BraidError(
      'unauthenticated',
      `${url} answers ${status}: say who you are with --token-file or BRAID_TOKEN`,
    );
  }
  if (status !== 200) throw new BraidError('serviceUnavailable', `${url} answers ${status}: ${text.trim()}`);
  return JSON.parse(text) as Page;
}
