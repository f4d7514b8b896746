import { setTimeout as sleep } from 'node:timers/promises';
import { BraidError, toBraidError } from '../../core/errors.ts';
import type { MetadataStore } from '../../plugins/metadata/metadata.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';

/** What a router reads of the metadata store. */
export type ReadableMetadata = Pick<MetadataStore, 'catalogVersion' | 'readCatalog' | 'readView' | 'readAccess'> &
  AsyncDisposable;

const START_WAIT_MS = 3_000;
const RETRY_MS = 1_000;

/**
 * A metadata store that need not answer yet: for a router that can begin with what other routers share. It is opened in the background, again and again; until then every read throws
 * `serviceUnavailable`. What an operator must mend (settings, rights) is thrown here, if it shows within the first seconds.
 */
export async function openMetadataLate(
  open: () => Promise<MetadataStore>,
  logger: PluginLogger,
  signal: AbortSignal,
): Promise<ReadableMetadata> {
  let store: MetadataStore | undefined;
  const opening = openUntilThere(open, logger, signal).then((opened) => {
    store = opened;
  });
  opening.catch(() => undefined);
  await Promise.race([opening, sleep(START_WAIT_MS, undefined, { ref: false })]);
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

async function openUntilThere(
  open: () => Promise<MetadataStore>,
  logger: PluginLogger,
  signal: AbortSignal,
): Promise<MetadataStore> {
  for (;;) {
    try {
      return await open();
    } catch (thrown) {
      const error = toBraidError(thrown);
      if (error.kind !== 'serviceUnavailable' || signal.aborted) throw error;
      logger.warn({ error: error.message }, 'the metadata store is not there yet');
    }
    await sleep(RETRY_MS, undefined, { signal });
  }
}
