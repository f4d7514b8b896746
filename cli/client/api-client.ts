import { BraidError, ERRORS, type ErrorName } from '../../core/errors.ts';
import { stringifyExactly } from '../../core/rows/int64.ts';
import { parseJson } from '../../core/rows/parse-json.ts';
import { urlOf } from './addresses.ts';
import { ask } from './ask.ts';

interface Envelope {
  readonly code: number;
  readonly message?: string;
  readonly data?: unknown;
}

/** Milvus' REST API, version 2, of any server that has it. 64-bit integers keep their digits both ways: the large ones are bigints here. */
export class ApiClient {
  /** host:port, with https:// before it for TLS. */
  readonly #address: string;
  readonly #database: string;
  readonly #headers: Readonly<Record<string, string>>;

  /** `token`: as Milvus takes it, `user:password` or a key. */
  constructor(address: string, database: string, token?: string) {
    this.#address = address;
    this.#database = database;
    this.#headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  }

  get address(): string {
    return this.#address;
  }

  /** The `data` of an answer. What the server refuses is thrown with its code and its words. `path` is below `/v2/vectordb/`. */
  async call<Data>(path: string, body: object = {}): Promise<Data> {
    const { status, text } = await ask(urlOf(this.#address, `/v2/vectordb/${path}`), 'Milvus API', {
      method: 'POST',
      headers: this.#headers,
      body: stringifyExactly({ dbName: this.#database, ...body }),
    });
    const envelope = readEnvelope(text);
    if (!envelope) {
      const start = text.trim().slice(0, 100);
      throw new BraidError('unexpected', `${this.#address} is no Milvus API: ${path} answers ${status}: ${start}`);
    }
    if (envelope.code !== 0)
      throw new BraidError(kindOf(envelope.code), `${envelope.message ?? ''} (code ${envelope.code})`);
    return envelope.data as Data;
  }
}

function readEnvelope(text: string): Envelope | undefined {
  try {
    const envelope = parseJson(text) as Envelope | null;
    return typeof envelope?.code === 'number' ? envelope : undefined;
  } catch {
    return undefined;
  }
}

/** The first kind with this code: several share one, and callers look at few. */
function kindOf(code: number): ErrorName {
  const found = Object.entries(ERRORS).find(([, kind]) => kind.code === code);
  return (found?.[0] as ErrorName | undefined) ?? 'unexpected';
}
