import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BraidError } from '../../../core/errors.ts';
import { lockDataFolder } from '../../../node/writer/data-folder-lock.ts';
import { Leadership } from '../../../node/writer/leadership.ts';
import type { MetadataStore } from '../../../plugins/metadata/metadata.ts';
import { createCollection, insert, rowsFrom } from './rows.ts';
import { CONTEXT, NEVER, openTestWriter, quietLogger, removeFolder, temporaryFolder } from './test-writer.ts';

let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(() => removeFolder(folder));

describe('the data folder', () => {
  test('has one holder at a time and keeps its id', async () => {
    const first = await lockDataFolder(folder, quietLogger, NEVER);
    const waiting = lockDataFolder(folder, quietLogger, NEVER);
    await expect(lockDataFolder(folder, quietLogger, AbortSignal.timeout(400))).rejects.toThrow();
    first[Symbol.dispose]();
    const second = await waiting;
    expect(second.folderId).toBe(first.folderId);
    second[Symbol.dispose]();
  });
});

/** A lease in memory and a clock by hand. */
class FakeLease {
  nowMs = 0;
  term = 0;
  holder: string | undefined;
  expiresAtMs = 0;
  unreachable = false;

  readonly clock = { nowMs: () => this.nowMs, monotonicMs: () => this.nowMs };

  readonly metadata = {
    acquireLease: async (holder: string, ttlMs: number) => {
      if (this.holder !== undefined && this.holder !== holder && this.nowMs < this.expiresAtMs) return undefined;
      this.holder = holder;
      this.expiresAtMs = this.nowMs + ttlMs;
      return { holder, term: ++this.term };
    },
    renewLease: async (lease: { term: number }, ttlMs: number) => {
      if (this.unreachable) throw new BraidError('serviceUnavailable', 'no answer');
      if (lease.term !== this.term) throw new BraidError('termLost', 'another leads');
      this.expiresAtMs = this.nowMs + ttlMs;
    },
    releaseLease: async () => {
      this.holder = undefined;
    },
  } as unknown as MetadataStore;

  acquire(holder: string, onLost: (error: BraidError) => void = () => undefined, ttlMs = 600): Promise<Leadership> {
    const { metadata, clock } = this;
    return Leadership.acquire(
      { metadata, holder, log: { id: 'log', abandonsOther: false }, ttlMs, clock, logger: quietLogger, onLost },
      NEVER,
    );
  }
}

async function eventually(condition: () => boolean): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error('it did not come to pass in 10 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('the lease', () => {
  test('is trusted for its time less the margin, counted from when it was asked for', async () => {
    const fake = new FakeLease();
    fake.unreachable = true;
    await using leadership = await fake.acquire('a');
    fake.nowMs = 539;
    expect(leadership.isTrusted).toBe(true);
    fake.nowMs = 541;
    expect(leadership.isTrusted).toBe(false);
    expect(() => leadership.assertTrusted()).toThrow(/could not be renewed/);
  });

  test('that ran out holds acknowledgements up until the store confirms the term', async () => {
    const fake = new FakeLease();
    fake.unreachable = true;
    await using leadership = await fake.acquire('a');
    fake.nowMs = 1_000;
    let isConfirmed = false;
    const confirming = leadership.confirm().then(() => {
      isConfirmed = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(isConfirmed).toBe(false);
    fake.unreachable = false;
    await confirming;
    expect(leadership.isTrusted).toBe(true);
  });

  test('that another took ends the term: who waits hears it, and so does the process', async () => {
    const fake = new FakeLease();
    const lost: BraidError[] = [];
    await using leadership = await fake.acquire('a', (error) => lost.push(error));
    fake.nowMs = 1_000;
    const confirming = expect(leadership.confirm()).rejects.toMatchObject({ kind: 'termLost' });
    await using successor = await fake.acquire('b');
    expect(successor.term).toBe(2);
    await confirming;
    expect(lost.map((error) => error.kind)).toEqual(['termLost']);
    expect(leadership.isTrusted).toBe(false);
  });
});

describe('two writers of one metadata store', () => {
  test('the second waits while the first leads, and follows when it has gone', async () => {
    const first = await openTestWriter(folder, { nodeId: 'first' });
    const opening = openTestWriter(folder, { nodeId: 'second', dataFolder: join(folder, 'second') });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(first.fatal).toEqual([]);
    const collectionId = await createCollection(first);
    const { collections } = await first.parts.metadata.readCatalog();
    await insert(first.node, collectionId, collections[0]!.partitions[0]!.id, rowsFrom(0, 5));
    await first[Symbol.asyncDispose]();
    await using second = await opening;
    expect(second.node.term).toBeGreaterThan(first.node.term);
    const { rowCount } = await second.node.statistics({ context: CONTEXT, collectionId, partitionIds: [] }, NEVER);
    expect(rowCount).toBe(5);
  });

  test('a successor fences the first: nothing it writes is acknowledged any more', async () => {
    let isCut = false;
    await using first = await openTestWriter(folder, {
      nodeId: 'first',
      settings: { leaseTtlMs: 1_000 },
      wrap: (parts) => ({ ...parts, metadata: withoutRenewal(parts.metadata, () => isCut) }),
    });
    const collectionId = await createCollection(first);
    const { collections } = await first.parts.metadata.readCatalog();
    const partitionId = collections[0]!.partitions[0]!.id;
    isCut = true;
    await using second = await openTestWriter(folder, { nodeId: 'second', dataFolder: join(folder, 'second') });
    await expect(insert(first.node, collectionId, partitionId, rowsFrom(0, 5))).rejects.toThrow(BraidError);
    await expect(
      first.node.timestamp({ context: { ...CONTEXT, timeoutMs: 300 }, collectionId }, NEVER),
    ).rejects.toThrow(BraidError);
    isCut = false;
    await eventually(() => first.fatal.length > 0);
    expect(first.fatal[0]!.kind).toBe('termLost');
    const { rowCount } = await second.node.statistics({ context: CONTEXT, collectionId, partitionIds: [] }, NEVER);
    expect(rowCount).toBe(0);
  });
});

test('a write that becomes durable after the lease ran out is not acknowledged before the store confirms the term', async () => {
  let isCut = false;
  const held = Promise.withResolvers<void>();
  let isHeld = false;
  await using first = await openTestWriter(folder, {
    settings: { leaseTtlMs: 1_000 },
    wrap: (parts) => ({
      ...parts,
      metadata: withoutRenewal(parts.metadata, () => isCut),
      log: new Proxy(parts.log, {
        get: (target, property) => {
          const value = Reflect.get(target, property, target);
          if (typeof value !== 'function') return value;
          if (property !== 'append') return value.bind(target);
          return async (payload: Uint8Array) => {
            const position = await target.append(payload);
            if (isHeld) await held.promise;
            return position;
          };
        },
      }),
    }),
  });
  const collectionId = await createCollection(first);
  const { collections } = await first.parts.metadata.readCatalog();
  isHeld = true;
  isCut = true;
  let isAcknowledged = false;
  const writing = insert(first.node, collectionId, collections[0]!.partitions[0]!.id, rowsFrom(0, 5)).then(() => {
    isAcknowledged = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  held.resolve();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(isAcknowledged).toBe(false);
  isCut = false;
  await writing;
  expect(first.fatal).toEqual([]);
});

/** As if the store could not be reached, for renewals only. */
function withoutRenewal(metadata: MetadataStore, isCut: () => boolean): MetadataStore {
  return new Proxy(metadata, {
    get: (target, property) => {
      const value = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      if (property !== 'renewLease') return value.bind(target);
      return async (...args: unknown[]) => {
        if (isCut()) throw new BraidError('serviceUnavailable', 'the network is cut');
        return value.apply(target, args);
      };
    },
  });
}
