import type { KubeConfig, V1EndpointSlice } from '@kubernetes/client-node';
import { BraidError } from '../../../core/errors.ts';
import { DISCOVERY_LIMITS } from '../limits.ts';
import { GONE, statusOf, toApiError } from './api-error.ts';

/** The part of the client library that is used. It is loaded only where this plugin is chosen: it takes 60 MB. */
export type KubernetesLibrary = Pick<
  typeof import('@kubernetes/client-node'),
  'DiscoveryV1Api' | 'KubeConfig' | 'Watch'
>;

export interface SliceListOptions {
  readonly library: KubernetesLibrary;
  /** The configuration to use now: it may be loaded anew. */
  readonly config: () => KubeConfig;
  readonly namespace: string;
  readonly selector: string;
  /** All slices, after the list and after every change. */
  readonly onSlices: (slices: Iterable<V1EndpointSlice>) => void;
}

interface WatchEvent {
  readonly metadata?: { readonly name?: string; readonly resourceVersion?: string };
  readonly code?: number;
}

/** The EndpointSlices that a selector names: listed once, then followed by their changes from where the list (or the last watch) ended. */
export class SliceList {
  readonly #options: SliceListOptions;
  readonly #slices = new Map<string, V1EndpointSlice>();
  /** From where a watch goes on; undefined: the list must be read. */
  #resourceVersion: string | undefined;

  constructor(options: SliceListOptions) {
    this.#options = options;
  }

  /**
   * Lists if need be, then follows until the server ends the watch, which it does every few minutes. To be called again in any case: after an orderly end
   * the watch goes on where it was; after a failure the list is read anew, since the server may have lost what it had. Throws BraidErrors.
   */
  async follow(signal: AbortSignal): Promise<void> {
    if (this.#resourceVersion === undefined) await this.list(signal);
    try {
      await this.#watch(signal);
    } catch (error) {
      this.#resourceVersion = undefined;
      // Changes since then are forgotten: no failure, they are in the list.
      if (statusOf(error) !== GONE && !signal.aborted) throw toApiError(error, { verb: 'watch', ...this.#options });
    }
  }

  /** Reads all pages. What was known stays until the last page is there. */
  async list(signal: AbortSignal): Promise<void> {
    const { library, config, namespace, selector, onSlices } = this.#options;
    const slices = new Map<string, V1EndpointSlice>();
    const api = config().makeApiClient(library.DiscoveryV1Api);
    let next: string | undefined;
    let version: string | undefined;
    do {
      const request = {
        namespace,
        labelSelector: selector,
        limit: DISCOVERY_LIMITS.slicesPerPage,
        timeoutSeconds: DISCOVERY_LIMITS.listTimeoutSeconds,
        ...(next && { _continue: next }),
      };
      try {
        const page = await withAbort(api.listNamespacedEndpointSlice(request), signal);
        for (const slice of page.items) slices.set(slice.metadata!.name!, slice);
        next = page.metadata?._continue;
        version = page.metadata?.resourceVersion;
      } catch (error) {
        // The rest of this list is gone; the next try begins a new one.
        throw toApiError(error, { verb: 'list', ...this.#options });
      }
    } while (next);
    this.#slices.clear();
    for (const [name, slice] of slices) this.#slices.set(name, slice);
    this.#resourceVersion = version;
    onSlices(this.#slices.values());
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { library, config, namespace, selector: labelSelector } = this.#options;
    const path = `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/endpointslices`;
    const query = { labelSelector, allowWatchBookmarks: true, resourceVersion: this.#resourceVersion };
    const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
    const onEvent = (type: string, object: WatchEvent): void => {
      if (type === 'ERROR') reject(object);
      else this.#take(type, object);
    };
    // Silence for 30 s ends a watch as well: the next goes on where it was.
    const onEnd = (error: unknown): void =>
      error && (error as Error).name !== 'TimeoutError' ? reject(error) : resolve();
    const request = await new library.Watch(config()).watch(path, query, onEvent, onEnd);
    const abort = (): void => request.abort();
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    try {
      await ended;
    } finally {
      signal.removeEventListener('abort', abort);
      abort();
    }
  }

  #take(type: string, object: WatchEvent): void {
    const { name, resourceVersion } = object.metadata ?? {};
    this.#resourceVersion = resourceVersion;
    if (type === 'BOOKMARK') return;
    if (type === 'DELETED') this.#slices.delete(name!);
    else this.#slices.set(name!, object as V1EndpointSlice);
    this.#options.onSlices(this.#slices.values());
  }
}

/** The library's calls take no signal: the answer is left to itself. */
async function withAbort<Result>(answer: Promise<Result>, signal: AbortSignal): Promise<Result> {
  answer.catch(() => undefined);
  if (signal.aborted) throw new BraidError('serviceUnavailable', 'it was given up');
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(new BraidError('serviceUnavailable', 'it was given up'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
