import pino from 'pino';
import { expect, test } from 'vitest';
import { openMetadataLate } from '../../../cli/compose/late-metadata.ts';
import { BraidError, type ErrorName } from '../../../core/errors.ts';
import type { MetadataStore } from '../../../plugins/metadata/metadata.ts';

const TIMES = { startWaitMs: 50, retryMs: 5 };
const store = {
  catalogVersion: async () => 7,
  [Symbol.asyncDispose]: async () => undefined,
} as unknown as MetadataStore;

/** A store whose attempts to open fail in turn, then succeed; `undefined` waits until `gate` opens, then succeeds. */
function opening(kinds: readonly ErrorName[], gate?: Promise<void>): () => Promise<MetadataStore> {
  let attempt = 0;
  return async () => {
    const kind = kinds[attempt++];
    if (attempt === 1) await gate;
    if (kind) throw new BraidError(kind, 'not now');
    return store;
  };
}

const late = (open: () => Promise<MetadataStore>) =>
  openMetadataLate(open, pino({ enabled: false }), new AbortController().signal, TIMES);

test('a store that cannot be reached at first is there later', async () => {
  const gate = Promise.withResolvers<void>();
  await using metadata = await late(opening(['serviceUnavailable'], gate.promise));
  await expect(metadata.catalogVersion()).rejects.toMatchObject({ kind: 'serviceUnavailable' });
  gate.resolve();
  await expect.poll(() => metadata.catalogVersion().catch(() => 0)).toBe(7);
});

test('what must be mended is thrown at the start', async () => {
  await expect(late(opening(['notAuthenticated']))).rejects.toMatchObject({ kind: 'notAuthenticated' });
});

test('after the start it is tried again, whatever was wrong', async () => {
  const gate = Promise.withResolvers<void>();
  await using metadata = await late(opening(['internal', 'notAuthenticated'], gate.promise));
  gate.resolve();
  await expect.poll(() => metadata.catalogVersion().catch(() => 0)).toBe(7);
});
