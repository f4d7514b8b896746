/** The envelope of Milvus' REST API, version 2. */
export interface RestReply {
  /** Of HTTP. */
  readonly status: number;
  readonly code: number;
  readonly message: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever the server has sent.
  readonly data: any;
  readonly topks: readonly number[] | undefined;
  /** The body as it came, for what JSON.parse would round. */
  readonly text: string;
}

const CALL_TIMEOUT_MS = 20_000;

/** POST to a path below `/v2/vectordb/`. A text is sent as it is, anything else as its JSON. */
export async function post(
  address: string,
  path: string,
  body: object | string = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<RestReply> {
  const answer = await fetch(`http://${address}/v2/vectordb/${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
    signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
  });
  const text = await answer.text();
  const { code, message = '', data, topks } = JSON.parse(text) as RestReply;
  return { status: answer.status, code, message, data, topks, text };
}
