import { EventEmitter } from 'node:events';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type Consul from 'consul';
import { BraidError } from '../../../core/errors.ts';
import { splitAddress } from '../../../core/node-address.ts';
import type { TlsFiles } from '../../tls-files.ts';
import { DISCOVERY_LIMITS } from '../limits.ts';
import type { ConsulOptions } from './consul-options.ts';
import type { HealthEntry } from './service-record.ts';

/** Consul's limit for one wait is 10 minutes; a shorter one finds out sooner that the connection is dead. */
const WAIT_SECONDS = 30;
/** The server adds up to a sixteenth to a wait, so that not all clients come at once. */
const WAIT_SURPLUS = 1 + 1 / 16;

/** What the typings of the package leave out. */
interface UntypedOptions {
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HealthAnswer {
  readonly entries: readonly HealthEntry[];
  readonly index: bigint;
}

/** A client; `agent` holds its connections and is destroyed by whoever asked for it. */
export async function createConsulClient(
  options: ConsulOptions,
  tls: TlsFiles | undefined,
): Promise<{ readonly client: Consul; readonly agent: HttpAgent }> {
  const { address, token, datacenter, namespace, serverName, requestTimeoutMs } = options;
  const { default: ConsulClient } = await import('consul');
  const connections = { keepAlive: true, maxSockets: DISCOVERY_LIMITS.consulConnectionsMax };
  const agent = tls
    ? new HttpsAgent({ ...connections, ...tls, ...(serverName !== undefined && { servername: serverName }) })
    : new HttpAgent(connections);
  const untyped: UntypedOptions = namespace === undefined ? {} : { headers: { 'x-consul-namespace': namespace } };
  const defaults = {
    timeout: requestTimeoutMs,
    ...(token !== undefined && { token }),
    ...(datacenter !== undefined && { dc: datacenter }),
  };
  const client = new ConsulClient({
    ...splitAddress(address),
    secure: tls !== undefined,
    agent,
    defaults,
    ...untyped,
  });
  return { client, agent };
}

/** The healthy instances of a service: at once when `index` is 0, else as soon as they are not those of `index` any more, or after a while. */
export async function readHealthy(
  client: Consul,
  { service, requestTimeoutMs }: ConsulOptions,
  index: bigint,
  signal: AbortSignal,
): Promise<HealthAnswer> {
  const context = Object.assign(new EventEmitter(), { includeResponse: true });
  const cancel = (): void => void context.emit('cancel');
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const request = {
      service,
      passing: true,
      index: String(index),
      wait: `${WAIT_SECONDS}s`,
      timeout: Math.ceil(WAIT_SECONDS * WAIT_SURPLUS * 1000) + requestTimeoutMs,
      ctx: context,
    };
    if (index === 0n) request.timeout = requestTimeoutMs;
    const [response, entries] = (await client.health.service(request)) as unknown as [
      { readonly headers: Readonly<Record<string, string | undefined>> },
      unknown,
    ];
    const newIndex = response.headers['x-consul-index'];
    if (!Array.isArray(entries) || newIndex === undefined || !/^\d+$/.test(newIndex))
      throw new BraidError('serviceUnavailable', 'what answers is not Consul');
    return { entries, index: BigInt(newIndex) };
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** The status of an answer that is an error; undefined when there was no answer. */
export function statusOf(thrown: unknown): number | undefined {
  return (thrown as { readonly response?: { readonly statusCode?: number } } | null)?.response?.statusCode;
}

/** What the operator must change is an input error. */
export function explainConsulError(thrown: unknown): BraidError {
  if (thrown instanceof BraidError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const status = statusOf(thrown);
  const body = (thrown as { readonly response?: { readonly body?: unknown } }).response?.body;
  const details = typeof body === 'string' && body !== '' ? body.trim() : error.message;
  if (status === 400 || status === 401 || status === 403)
    return new BraidError('parameterInvalid', `consul refuses this node (status ${status}): ${details}`, {
      cause: thrown,
    });
  return new BraidError('serviceUnavailable', `consul does not answer: ${details}`, { cause: thrown });
}
