import type { ConsoleAnswer } from '../../../cli/compose/page-shapes.ts';

/** What the process that serves the console answers. Rejects with words for people. */
export async function readText(path: string): Promise<string> {
  const response = await fetch(path).catch(() => {
    throw new Error('the process that served this page does not answer');
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text.trim() || `${path} answers ${response.status}`);
  return text;
}

export async function readPage<T>(path: string): Promise<T> {
  return JSON.parse(await readText(path)) as T;
}

/** One of the read-only calls of the REST API. */
export async function call<T extends ConsoleAnswer>(path: string, body: object): Promise<T> {
  const response = await fetch(`/console/calls/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status === 405) throw new Error('this process is no router: open the console of one');
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.message} (code ${answer.code})`);
  return answer as T;
}
