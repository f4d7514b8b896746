import { jsonRequest } from './management-port.ts';
import { isSignedOut, userName } from './session.ts';

const SESSION = '/console/session';

/** Rejects with words for who typed them wrong. The session is a cookie that scripts cannot read. */
export async function signIn(user: string, password: string): Promise<void> {
  const response = await fetch(SESSION, jsonRequest('POST', { user, password })).catch(() => {
    throw new Error('the process that served this page does not answer');
  });
  if (!response.ok) throw new Error(await wordsOf(response));
  userName.value = user;
  isSignedOut.value = false;
}

export async function signOut(): Promise<void> {
  await fetch(SESSION, { method: 'DELETE' }).catch(() => undefined);
  userName.value = '';
  isSignedOut.value = true;
}

async function wordsOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { message, error } = JSON.parse(text) as { readonly message?: string; readonly error?: string };
    return message ?? error ?? text;
  } catch {
    return text.trim() || `signing in was answered with ${response.status}`;
  }
}
