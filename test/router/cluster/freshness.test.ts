import { afterEach, describe, expect, test } from 'vitest';
import { ConsistencyLevel } from '../../../core/catalog.ts';
import { BraidError } from '../../../core/errors.ts';
import { composeTimestamp } from '../../../core/timestamps.ts';
import { silentMetrics } from '../../../router/cluster/router-metrics.ts';
import type { ReadConsistency } from '../../../router/operations/reads/read-consistency.ts';
import {
  BOUNDED,
  EVENTUALLY,
  eventually,
  FakeCluster,
  type FakeClusterOptions,
  queryInput,
  requestContext,
  STRONG,
  searchInput,
  sessionAt,
} from '../fakes/fake-cluster.ts';
import { FakeNode } from '../fakes/fake-node.ts';
import { testRow } from '../fakes/test-schema.ts';

let fake: FakeCluster;

afterEach(async () => fake[Symbol.asyncDispose]());

/** Keys 1..4 sealed in two segments, key 5 growing. */
async function open(options: FakeClusterOptions = {}): Promise<number> {
  fake = await FakeCluster.open(options);
  const { world } = fake;
  const { id } = world.addCollection();
  const row = (key: number) => testRow(key, key, world.tick());
  world.publish(id, [
    { id: 2, rows: [1, 2].map(row) },
    { id: 3, rows: [3, 4].map(row) },
  ]);
  world.growing.push(row(5));
  await fake.settle();
  return id;
}

const search = async (consistency: ReadConsistency, timeoutMs = 3_000): Promise<number[]> => {
  const output = await fake.operations.search(
    requestContext({ timeoutMs }),
    searchInput(0, { topk: 100, consistency }),
  );
  return Array.from(output.keys as BigInt64Array, Number);
};

function guarantees(): bigint[] {
  return fake.readers.flatMap((reader) => reader.callsOf('search').map((call) => call.scope!.guaranteeTimestamp));
}

describe('the guarantee', () => {
  test('Eventually wants nothing', async () => {
    await open();
    await search(EVENTUALLY);
    expect(guarantees()).toEqual([0n, 0n]);
    expect(fake.writer.callsOf('timestamp')).toEqual([]);
  });

  test('Strong wants the newest delete of the collection, as the writer knows it', async () => {
    await open();
    fake.world.deletes.push({ key: 1n, timestamp: fake.world.tick() });
    const { timestamp } = fake.world.deletes[0]!;
    fake.world.growing.push(testRow(6, 6, fake.world.tick()));
    expect(await search(STRONG)).toEqual([2, 3, 4, 5, 6]);
    expect(guarantees()).toEqual([timestamp, timestamp]);
  });

  test('Bounded wants five seconds ago, and asks the writer only when a reader is further behind', async () => {
    await open();
    // Readers report a time a minute back: the writer says that nothing was deleted since.
    await search(BOUNDED);
    expect(guarantees()).toEqual([0n, 0n]);
    expect(fake.writer.callsOf('timestamp').length).toBe(1);
    for (const reader of fake.readers) reader.appliedTimestamp = composeTimestamp(Date.now());
    await fake.settle();
    const before = composeTimestamp(Date.now() - 5_000);
    await search(BOUNDED);
    const after = composeTimestamp(Date.now() - 5_000 + 1);
    for (const reader of fake.readers) {
      const guarantee = reader.callsOf('search').at(-1)!.scope!.guaranteeTimestamp;
      expect(guarantee).toBeGreaterThanOrEqual(before);
      expect(guarantee).toBeLessThanOrEqual(after);
    }
    expect(fake.writer.callsOf('timestamp').length).toBe(1);
  });

  test('Session wants the client’s last write, but no more than the newest delete', async () => {
    await open();
    for (const reader of fake.readers) reader.appliedTimestamp = fake.world.now;
    await fake.settle();
    const written = fake.world.tick();
    fake.world.growing.push(testRow(6, 6, written));
    expect(await search(sessionAt(written), 2_000)).toEqual([1, 2, 3, 4, 5, 6]);
    const deleted = fake.world.tick();
    fake.world.deletes.push({ key: 1n, timestamp: deleted });
    await expect(search(sessionAt(deleted), 100)).rejects.toMatchObject({ code: 10001 });
    for (const reader of fake.readers) reader.appliedTimestamp = deleted;
    expect(await search(sessionAt(deleted), 2_000)).toEqual([2, 3, 4, 5, 6]);
    expect(guarantees().at(-1)).toBe(deleted);
  });

  test('a time in the future is waited for, not cut', async () => {
    await open();
    const future = composeTimestamp(Date.now() + 60_000);
    for (const reader of fake.readers) reader.appliedTimestamp = fake.world.now;
    await expect(search(sessionAt(future), 100)).rejects.toMatchObject({ code: 10001 });
    expect(guarantees()).toEqual([future, future]);
  });

  test.each([
    [
      'the collection’s own level',
      { useDefault: true, level: 0, guaranteeTimestamp: 0n },
      ConsistencyLevel.Eventually,
      0n,
    ],
    [
      '1 without a level: eventually',
      { useDefault: false, level: 0, guaranteeTimestamp: 1n },
      ConsistencyLevel.Strong,
      0n,
    ],
    ['a time without a level', { useDefault: false, level: 0, guaranteeTimestamp: 77n }, ConsistencyLevel.Strong, 77n],
    [
      'a time with level Customized',
      { useDefault: false, level: 4, guaranteeTimestamp: 78n },
      ConsistencyLevel.Strong,
      78n,
    ],
    ['Session before any write', { useDefault: false, level: 1, guaranteeTimestamp: 0n }, ConsistencyLevel.Strong, 0n],
  ] as const)('as old and new clients say it: %s', async (_, consistency, collectionLevel, expected) => {
    const id = await open();
    fake.world.alterCollection(id, { consistencyLevel: collectionLevel });
    await fake.settle();
    await search(consistency);
    expect(guarantees()).toEqual([expected, expected]);
  });

  test('the answer names the snapshot: the writer’s time', async () => {
    await open();
    const output = await fake.operations.search(requestContext(), searchInput(0));
    expect(output.sessionTimestamp).toBe(fake.world.now);
  });
});

describe('without a writer', () => {
  test('Eventually answers from the readers', async () => {
    await open();
    fake.writer.isDead = true;
    fake.writer.report();
    await eventually(() => fake.cluster.members.writer() === undefined);
    expect(await search(EVENTUALLY)).toEqual([1, 2, 3, 4]);
  });

  test('the others answer when the view holds all rows up to the guarantee, else fail at once', async () => {
    await open();
    const sealed = [...fake.world.views.values()][0]!.sealedTimestamp;
    fake.writer.isDead = true;
    fake.writer.report();
    await eventually(() => fake.cluster.members.writer() === undefined);
    const failure = { code: 2, retriable: true };
    expect(await search(sessionAt(sealed))).toEqual([1, 2, 3, 4]);
    await expect(search(sessionAt(sealed + 1n))).rejects.toMatchObject(failure);
    await expect(search(BOUNDED)).rejects.toMatchObject(failure);
    await expect(search(STRONG)).rejects.toMatchObject(failure);
  });

  test('a writer that dies during the search leaves the same rules', async () => {
    await open();
    fake.writer.before = (method) => {
      if (method === 'search') throw new BraidError('serviceUnavailable', 'connection reset');
    };
    expect(await search(EVENTUALLY)).toEqual([1, 2, 3, 4]);
    await expect(search(STRONG)).rejects.toMatchObject({ code: 2 });
  });

  test('a writer that fails for another reason is not left out in silence', async () => {
    await open();
    fake.writer.before = (method) => {
      if (method === 'search') throw new BraidError('internal', 'a bug');
    };
    await expect(search(EVENTUALLY)).rejects.toThrow('a bug');
  });

  test('a successor is asked when it leads with a higher term', async () => {
    await open();
    const successor = fake.addNode(new FakeNode(fake.world, 'writer2', ['writer']));
    successor.term = 0;
    fake.announce();
    await eventually(() => fake.cluster.members.find('writer2')?.health === 'healthy');
    fake.writer.before = () => {
      successor.term = 2;
      successor.report();
      return new Promise((_, reject) => setTimeout(() => reject(new BraidError('termLost', 'term 1 is over')), 50));
    };
    expect(await search(EVENTUALLY)).toEqual([1, 2, 3, 4, 5]);
    expect(successor.callsOf('search').length).toBe(1);
  });

  test('a search under way waits for a writer that is being restarted, and asks the one that comes back', async () => {
    await open();
    const { writer } = fake;
    const drained = Promise.withResolvers<void>();
    writer.before = async (method) => {
      if (method !== 'search') return;
      writer.draining = true;
      writer.report();
      await eventually(() => fake.cluster.members.writer() === undefined);
      drained.resolve();
      throw new BraidError('serviceUnavailable', 'connection reset');
    };
    let isAnswered = false;
    const answer = search(STRONG).finally(() => {
      isAnswered = true;
    });
    await drained.promise;
    writer.isDead = true;
    writer.report();
    await eventually(() => fake.cluster.members.find('writer')?.health === 'down');
    expect(isAnswered).toBe(false);
    Object.assign(writer, { before: () => {}, isDead: false, draining: false, term: 2 });
    expect(await answer).toEqual([1, 2, 3, 4, 5]);
    expect(writer.callsOf('search').length).toBe(2);
  });

  test('the writer that is waited for may fail, too: nothing is asked a third time', async () => {
    await open();
    const { writer } = fake;
    writer.before = async (method) => {
      if (method !== 'search') return;
      writer.draining = writer.term === 1;
      writer.report();
      await eventually(() => (fake.cluster.members.writer() === undefined) === writer.draining);
      setTimeout(() => Object.assign(writer, { draining: false, term: 2 }), 50);
      throw new BraidError('serviceUnavailable', `out of luck in term ${writer.term}`);
    };
    await expect(search(STRONG)).rejects.toMatchObject({ cause: { message: 'out of luck in term 2' } });
    expect(writer.callsOf('search').length).toBe(2);
  });

  test('an older view is not enough: its lack was the writer’s to fill', async () => {
    const id = await open();
    await search(EVENTUALLY);
    for (const reader of fake.readers) reader.notReady.add(4);
    fake.world.flush(id, 4);
    await fake.settle();
    fake.writer.isDead = true;
    fake.writer.report();
    await eventually(() => fake.cluster.members.writer() === undefined);
    expect(await search(EVENTUALLY)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('an upsert is seen whole', () => {
  test('when a reader has applied its delete before the writer’s answer, the writer is asked again', async () => {
    let askedAgain = 0;
    await open({ metrics: { ...silentMetrics, writerAskedAgain: () => askedAgain++ } });
    const { world } = fake;
    const gate = Promise.withResolvers<void>();
    // The readers begin after the writer has answered; in between key 1 is replaced.
    for (const reader of fake.readers) reader.before = () => gate.promise;
    fake.writer.after = (method) => {
      if (method !== 'search' || askedAgain > 0) return;
      setImmediate(() => {
        const timestamp = world.tick();
        world.deletes.push({ key: 1n, timestamp });
        world.growing.push(testRow(1, 1.5, timestamp));
        gate.resolve();
      });
    };
    expect(await search(EVENTUALLY)).toEqual([1, 2, 3, 4, 5]);
    expect(askedAgain).toBe(1);
    const [first, second] = fake.writer.callsOf('search');
    expect(first!.scope!.guaranteeTimestamp).toBe(0n);
    expect(second!.scope!.guaranteeTimestamp).toBe(world.deletes[0]!.timestamp);
  });

  test('the writer’s second answer takes the place of its first', async () => {
    await open();
    const { world } = fake;
    const gate = Promise.withResolvers<void>();
    for (const reader of fake.readers) reader.before = () => gate.promise;
    fake.writer.after = (method) => {
      if (method !== 'query' || world.deletes.length > 0) return;
      setImmediate(() => {
        world.deletes.push({ key: 1n, timestamp: world.tick() });
        gate.resolve();
      });
    };
    const count = queryInput('', { outputFields: ['count(*)'], consistency: EVENTUALLY });
    expect((await fake.operations.query(requestContext(), count)).count).toBe(4);
    expect(fake.writer.callsOf('query').length).toBe(2);
  });

  test('when a reader has not applied the delete yet, the new row wins', async () => {
    await open();
    const { world } = fake;
    for (const reader of fake.readers) reader.appliedTimestamp = world.now;
    await fake.settle();
    const timestamp = world.tick();
    world.deletes.push({ key: 4n, timestamp });
    world.growing.push(testRow(4, 0.5, timestamp));
    expect(await search(EVENTUALLY)).toEqual([4, 1, 2, 3, 5]);
  });

  test('the writer’s first answer stays when it cannot be asked again and nobody minds', async () => {
    await open();
    const { world } = fake;
    const gate = Promise.withResolvers<void>();
    for (const reader of fake.readers) reader.before = () => gate.promise;
    let calls = 0;
    fake.writer.before = (method) => {
      if (method === 'search' && ++calls > 1) throw new BraidError('serviceUnavailable', 'connection reset');
    };
    fake.writer.after = () => {
      setImmediate(() => {
        world.deletes.push({ key: 1n, timestamp: world.tick() });
        gate.resolve();
      });
    };
    expect(await search(EVENTUALLY)).toEqual([2, 3, 4, 5]);
    expect(calls).toBe(2);
  });
});
