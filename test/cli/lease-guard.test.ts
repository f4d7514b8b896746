import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { guardLease } from '../../cli/compose/lease-guard.ts';
import { createConfig } from '../../config/config.ts';
import type { MetadataStore } from '../../plugins/metadata/metadata.ts';
import sqlite from '../../plugins/metadata/sqlite.ts';
import { testHost } from '../plugins/metadata/test-host.ts';

const TTL_MS = 1_200;
/** Longer than the lease by far. */
const BUSY_MS = 4_000;
const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
let dataFolder: string;
let store: MetadataStore;

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'braid-guard-'));
  store = await sqlite.open({}, testHost(dataFolder));
});

afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(dataFolder, { recursive: true, force: true });
});

test('a lease outlives an event loop that is busy for longer than its time', async () => {
  const lease = (await store.acquireLease('writer-1', TTL_MS))!;
  {
    await using _guard = await guardLease(lease, { ttlMs: TTL_MS, config: createConfig({ dataFolder }), logger });
    await until(async () => (await expiresLater(lease.term)) === true);
    const endMs = performance.now() + BUSY_MS;
    while (performance.now() < endMs);
    expect(await store.acquireLease('writer-2', TTL_MS), 'it is still held').toBeUndefined();
  }
  await until(async () => (await store.acquireLease('writer-2', TTL_MS)) !== undefined);
});

test('a guard whose lease was taken ends by itself, and can be disposed of', async () => {
  const lease = (await store.acquireLease('writer-1', TTL_MS))!;
  const guard = await guardLease(lease, { ttlMs: TTL_MS, config: createConfig({ dataFolder }), logger });
  const taken = (await store.acquireLease('writer-1', 60_000))!;
  await guard[Symbol.asyncDispose]();
  expect(await store.currentLease()).toEqual(taken);
});

/** The guard has renewed at least once: the lease is valid after its own time. */
async function expiresLater(term: number): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, TTL_MS + 200));
  return (await store.currentLease())?.term === term;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 15_000;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error('not in 15 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
