import { setTimeout as sleep } from 'node:timers/promises';
import { BraidError, toBraidError } from '../../core/errors.ts';
import type { MetadataStore } from '../../plugins/metadata/metadata.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';

/** What a router reads of the metadata store. */
export type ReadableMetadata = Pick<MetadataStore, 'catalogVersion' | 'readCatalog' | 'readView' | 'readAccess'> &
  AsyncDisposable;

/** For tests. */
export interface LateMetadataTimes {
  readonly startWaitMs?: number;
  readonly retryMs?: number;
}

const START_WAIT_MS = 3_000;
const RETRY_MS = 1_000;

/**
 * A metadata store that need not answer yet: for a router that can begin with what other routers share. It is opened in the background, again and again; until then every read throws
 * `serviceUnavailable`. What an operator must mend (settings, rights) is thrown here, if it shows within the first `startWaitMs`; later it is logged, and tried again as the rest: it may be mended, or
 * be what a server says while it starts.
 */
export async function openMetadataLate(
  open: () => Promise<MetadataStore>,
  logger: PluginLogger,
  signal: AbortSignal,
  { startWaitMs = START_WAIT_MS, retryMs = RETRY_MS }: LateMetadataTimes = {},
): Promise<ReadableMetadata> {
  let store: MetadataStore | undefined;
  const started = sleep(startWaitMs, true, { ref: false });
  const opening = openUntilThere({ open, logger, signal, started, retryMs }).then((opened) => {
    store = opened;
  });
  opening.catch(() => undefined);
  await Promise.race([opening, started]);
  const there = (): MetadataStore => {
    if (!store) throw new BraidError('serviceUnavailable', 'the metadata store has not been reached yet');
    return store;
  };
  return {
    catalogVersion: async () => there().catalogVersion(),
    readCatalog: async () => there().readCatalog(),
    readView: async (collectionId) => there().readView(collectionId),
    readAccess: async (knownVersion) => there().readAccess(knownVersion),
    [Symbol.asyncDispose]: async () => {
      await opening.catch(() => undefined);
      await store?.[Symbol.asyncDispose]();
    },
  };
}

interface Attempts {
  readonly open: () => Promise<MetadataStore>;
  readonly logger: PluginLogger;
  readonly signal: AbortSignal;
  /** Resolves when nobody waits for the first attempts any more. */
  readonly started: Promise<unknown>;
  readonly retryMs: number;
}

async function openUntilThere({ open, logger, signal, started, retryMs }: Attempts): Promise<MetadataStore> {
  let isStarting = true;
  void started.then(() => {
    isStarting = false;
  });
  for (;;) {
    try {
      return await open();
    } catch (thrown) {
      const error = toBraidError(thrown);
      if (signal.aborted || (isStarting && error.kind !== 'serviceUnavailable')) throw error;
      logger.warn({ error: error.message }, 'the metadata store is not there yet');
    }
    await sleep(retryMs, undefined, { signal });
  }
}
