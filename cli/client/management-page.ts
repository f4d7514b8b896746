import { BraidError } from '../../core/errors.ts';
import { ask } from './ask.ts';

/** A JSON page of a router's management port, such as `/status`. */
export async function managementPage<Page>(address: string, path: string): Promise<Page> {
  const url = `http://${address}${path}`;
  const { status, text } = await ask(url, 'management port');
  if (status !== 200) throw new BraidError('serviceUnavailable', `${url} answers ${status}: ${text.trim()}`);
  return JSON.parse(text) as Page;
}
