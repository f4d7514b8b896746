import { computed, effect, signal } from '@preact/signals';
import type { SessionPage } from '../../../telemetry/management-guard.ts';

const PATH = '/console/session';
const RETRY_MS = 2_000;
const SIGNED_OUT: SessionPage = { required: true, user: null, pages: false, changes: false };

/** Who asks, as the process sees it; undefined until it said so. Nothing is kept here: the browser holds the cookie, out of reach of scripts. */
export const session = signal<SessionPage | undefined>(undefined);
/** Pages may be read. */
export const isOpen = computed(() => session.value?.pages ?? false);

/** Asks who is signed in, until there is an answer. */
export async function readSession(): Promise<void> {
  try {
    const response = await fetch(PATH);
    if (!response.ok) throw new Error(`${PATH} answers ${response.status}`);
    session.value = (await response.json()) as SessionPage;
  } catch {
    setTimeout(readSession, RETRY_MS);
  }
}

/** Resolves when pages may be read. */
export function whenOpen(): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      if (!isOpen.value) return;
      resolve();
      queueMicrotask(() => stop());
    });
  });
}

/** Something was answered with 401: the session is over. */
export function sessionEnded(): void {
  session.value = SIGNED_OUT;
}

/** Rejects with words for who typed something wrong. */
export async function signIn(user: string, password: string): Promise<void> {
  const response = await fetch(PATH, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user, password }),
  }).catch(() => {
    throw new Error('the process that served this page does not answer');
  });
  const answer = (await response.json()) as SessionPage & { readonly message: string };
  if (!response.ok) throw new Error(answer.message);
  session.value = answer;
}

/** Signed out also where the process does not answer: what it would show is gone from the page. */
export async function signOut(): Promise<void> {
  await fetch(PATH, { method: 'DELETE' }).catch(() => undefined);
  sessionEnded();
}
