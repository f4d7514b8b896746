import type { ConsoleAnswer } from '../../../cli/compose/page-shapes.ts';
import { sessionEnded } from './session.ts';

const UNAUTHORIZED = 401;

/** What the process that serves the console answers. Rejects with words for people. */
export async function readText(path: string): Promise<string> {
  const response = await ask(path);
  const text = await response.text();
  if (!response.ok) throw new Error(wordsOf(text) || `${path} answers ${response.status}`);
  return text;
}

export async function readPage<T>(path: string): Promise<T> {
  return JSON.parse(await readText(path)) as T;
}

/** One of the read-only calls of the REST API. */
export async function call<T extends ConsoleAnswer>(path: string, body: object): Promise<T> {
  const response = await ask(`/console/calls/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status === 405) throw new Error('this process is no router: open the console of one');
  const answer = (await response.json()) as T & { readonly message: string; readonly code: number };
  if (!response.ok) throw new Error(`${answer.message} (code ${answer.code})`);
  return answer;
}

/** A 401 brings the sign-in form. */
async function ask(path: string, request?: RequestInit): Promise<Response> {
  const response = await fetch(path, request).catch(() => {
    throw new Error('the process that served this page does not answer');
  });
  if (response.status === UNAUTHORIZED) sessionEnded();
  return response;
}

/** Errors come as a line of text or as JSON with a message. */
function wordsOf(text: string): string {
  try {
    const { message, error } = JSON.parse(text) as { readonly message?: string; readonly error?: string };
    return message ?? error ?? '';
  } catch {
    return text.trim();
  }
}
