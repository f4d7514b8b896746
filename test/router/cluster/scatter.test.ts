import { afterEach, describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../../core/clock.ts';
import { BraidError } from '../../../core/errors.ts';
import { type RouterMetrics, silentMetrics } from '../../../router/cluster/router-metrics.ts';
import type { SearchOutput } from '../../../router/operations/reads/search.ts';
import {
  EVENTUALLY,
  eventually,
  FakeCluster,
  type FakeClusterOptions,
  queryInput,
  requestContext,
  searchInput,
} from '../fakes/fake-cluster.ts';
import type { FakeNode } from '../fakes/fake-node.ts';
import { testRow } from '../fakes/test-schema.ts';

let fake: FakeCluster;

afterEach(async () => fake[Symbol.asyncDispose]());

/** Segments 3, 4, 5 on reader0, reader1, reader2 (of three), a row each at x = segment id; key 9 grows. */
async function open(options: FakeClusterOptions = {}): Promise<number> {
  fake = await FakeCluster.open({ readerCount: 3, ...options });
  const { world } = fake;
  const { id } = world.addCollection();
  world.publish(
    id,
    [3, 4, 5].map((segment) => ({ id: segment, rows: [testRow(segment, segment, world.tick())] })),
  );
  world.growing.push(testRow(9, 9, world.tick()));
  await fake.settle();
  return id;
}

const search = async (options: Parameters<typeof requestContext>[0] = {}): Promise<number[]> => {
  const output: SearchOutput = await fake.operations.search(requestContext(options), searchInput(0, { topk: 100 }));
  return Array.from(output.keys as BigInt64Array, Number);
};

function segmentsAsked(node: FakeNode): number[][] {
  return node.callsOf('search').map((call) => call.scope!.segmentIds);
}

test('metrics tell how many answers a read was made of, and each call', async () => {
  const fanOuts: number[] = [];
  const calls: string[] = [];
  const nodeCall: RouterMetrics['nodeCall'] = (kind, address, _durationMs, outcome) =>
    calls.push(`${kind} ${address} ${outcome}`);
  await open({ metrics: { ...silentMetrics, fanOut: (count) => fanOuts.push(count), nodeCall } });
  fake.readers[1]!.before = () => {
    throw new BraidError('internal', 'out of luck');
  };
  await search();
  expect(fanOuts).toEqual([4]);
  expect(calls.filter((call) => call.startsWith('search')).sort()).toEqual([
    'search reader0:19540 success',
    'search reader1:19540 fail',
    'search reader2:19540 success',
    'search reader2:19540 success',
    'search writer:19540 success',
  ]);
});

describe('a reader that fails', () => {
  test('has its segments asked once more, of the next reader in the order of preference', async () => {
    await open();
    fake.readers[1]!.before = () => {
      throw new BraidError('internal', 'out of luck');
    };
    expect(await search()).toEqual([3, 4, 5, 9]);
    expect(fake.readers.map(segmentsAsked)).toEqual([[[3]], [[4]], [[5], [4]]]);
    expect(segmentsAsked(fake.writer)).toEqual([[]]);
  });

  test('is not made up for twice', async () => {
    await open();
    for (const reader of fake.readers.slice(1)) {
      reader.before = (_, call) => {
        if (call.scope?.segmentIds.includes(4)) throw new BraidError('internal', `out of luck on ${reader.nodeId}`);
      };
    }
    await expect(search()).rejects.toThrow('out of luck on reader2');
    expect(fake.readers.map((reader) => segmentsAsked(reader).filter((ids) => ids.includes(4)).length)).toEqual([
      0, 1, 1,
    ]);
  });

  test('shares its segments out among those who come next for each', async () => {
    const id = await open();
    fake.world.publish(id, [{ id: 6, rows: [testRow(6, 6, fake.world.tick())] }]);
    await fake.settle();
    // reader0 has 3 and 6; reader1 is gone, so both go to the next that is healthy: one call.
    fake.readers[0]!.before = () => {
      throw new BraidError('internal', 'out of luck');
    };
    expect(await search()).toEqual([3, 4, 5, 6, 9]);
    expect(segmentsAsked(fake.readers[1]!)).toEqual([[4], [3, 6]]);
  });

  test('takes the retry budget with it when everything fails', async () => {
    let retries = 0;
    await open({ limits: { retryRatio: 0, retryBurst: 2 }, metrics: { ...silentMetrics, retry: () => retries++ } });
    fake.readers[1]!.before = () => {
      throw new BraidError('internal', 'out of luck');
    };
    await search();
    await search();
    await expect(search()).rejects.toThrow('out of luck');
    expect(retries).toBe(2);
  });

  test('is set aside after several failures in a row, and its segments go elsewhere at once', async () => {
    await open({ limits: { ejectionFailures: 2, ejectionMs: 200 } });
    fake.readers[1]!.before = () => {
      throw new BraidError('internal', 'out of luck');
    };
    for (let i = 0; i < 4; i++) expect(await search()).toEqual([3, 4, 5, 9]);
    expect(segmentsAsked(fake.readers[1]!).length).toBe(2);
    fake.readers[1]!.before = () => {};
    await new Promise((resolve) => setTimeout(resolve, 250));
    await search();
    expect(segmentsAsked(fake.readers[1]!).length).toBe(3);
  });
});

test('readers that are set aside are few: the others are asked although they fail', async () => {
  await open({ limits: { ejectionFailures: 1, ejectionMs: 60_000 } });
  for (const reader of fake.readers) {
    reader.before = (method) => {
      if (method === 'search') throw new BraidError('internal', 'out of luck');
    };
  }
  for (let i = 0; i < 5; i++) await expect(search()).rejects.toThrow('out of luck');
  expect(fake.cluster.members.readers().filter(({ health }) => health === 'ejected').length).toBe(1);
});

test('a reader that was set aside is tried with one call at a time', async () => {
  const id = await open({ readerCount: 2, limits: { ejectionFailures: 1, ejectionMs: 50 } });
  fake.world.alterCollection(id, { replicaCount: 2 });
  await fake.settle();
  const [ill, well] = [fake.readers[0]!, fake.readers[1]!];
  ill.before = (method) => {
    if (method === 'search') throw new BraidError('internal', 'out of luck');
  };
  while (segmentsAsked(ill).length === 0) expect(await search()).toEqual([3, 4, 5, 9]);
  expect(fake.cluster.members.find(ill.nodeId)?.health).toBe('ejected');
  await eventually(() => fake.cluster.members.find(ill.nodeId)?.health === 'healthy');
  const gate = Promise.withResolvers<void>();
  ill.before = () => gate.promise;
  const before = segmentsAsked(ill).length;
  const searches = Array.from({ length: 40 }, () => search());
  await eventually(() => segmentsAsked(ill).length + segmentsAsked(well).length >= 40);
  expect(segmentsAsked(ill).length - before).toBe(1);
  gate.resolve();
  for (const keys of await Promise.all(searches)) expect(keys).toEqual([3, 4, 5, 9]);
});

test.each([
  ['an error in the request', new BraidError('parameterInvalid', 'no such thing')],
  ['a node that is full', new BraidError('tooManyRequests', 'try later')],
])('%s is not asked again, and ends the other calls', async (_, error) => {
  await open();
  let aborted = false;
  fake.readers[0]!.before = async (_method, _call, signal) => {
    signal.addEventListener('abort', () => {
      aborted = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
  };
  fake.readers[1]!.before = () => {
    throw error;
  };
  const startMs = performance.now();
  await expect(search()).rejects.toBe(error);
  expect(performance.now() - startMs).toBeLessThan(1_500);
  expect(aborted).toBe(true);
  expect(fake.readers.map((reader) => segmentsAsked(reader).length)).toEqual([1, 1, 1]);
});

test('a reader that is slower than the deadline fails the search at the deadline, and is told to stop', async () => {
  await open();
  let reason: unknown;
  fake.readers[2]!.before = (_method, _call, signal) =>
    new Promise(() => {
      signal.addEventListener('abort', () => {
        reason = signal.reason;
      });
    });
  const startMs = performance.now();
  await expect(search({ timeoutMs: 120 })).rejects.toMatchObject({ code: 10001 });
  expect(performance.now() - startMs).toBeLessThan(2_000);
  expect(reason).toMatchObject({ kind: 'deadlineExceeded' });
  expect(fake.readers[2]!.calls[0]!.context!.timeoutMs).toBeLessThanOrEqual(120);
});

test('a search whose time is up before it begins asks nobody', async () => {
  await open();
  await expect(search({ timeoutMs: -1 })).rejects.toMatchObject({ code: 10001 });
  expect([...fake.readers, fake.writer].flatMap((node) => node.calls)).toEqual([]);
});

test('a client that goes away ends all calls', async () => {
  await open();
  const client = new AbortController();
  let aborted = 0;
  for (const reader of fake.readers) {
    reader.before = (_method, _call, signal) => new Promise(() => signal.addEventListener('abort', () => aborted++));
  }
  const searching = search({ signal: client.signal });
  setTimeout(() => client.abort(), 30);
  await expect(searching).rejects.toMatchObject({ code: 10000 });
  expect(aborted).toBe(3);
});

test('a stopped process is found out by its silence: calls under way move on, later ones avoid it', async () => {
  await open();
  fake.readers[1]!.isStopped = true;
  const startMs = performance.now();
  expect(await search()).toEqual([3, 4, 5, 9]);
  expect(performance.now() - startMs).toBeLessThan(3_000);
  expect(await search()).toEqual([3, 4, 5, 9]);
  expect(segmentsAsked(fake.readers[1]!).length).toBe(1);
  fake.readers[1]!.isStopped = false;
  await new Promise((resolve) => setTimeout(resolve, 600));
  await search();
  expect(segmentsAsked(fake.readers[1]!).length).toBe(2);
});

describe('with replicas', () => {
  test('an owner that is asked anyway answers for all it has: a collection is not split without need', async () => {
    const id = await open({ readerCount: 2 });
    fake.world.alterCollection(id, { replicaCount: 2 });
    await fake.settle();
    for (let i = 0; i < 20; i++) expect(await search()).toEqual([3, 4, 5, 9]);
    const counts = fake.readers.map((reader) => segmentsAsked(reader).length);
    expect(counts[0]! + counts[1]!).toBe(20);
    expect(Math.min(...counts)).toBeGreaterThan(0);
    expect(fake.readers.flatMap(segmentsAsked).every((ids) => ids.length === 3)).toBe(true);
  });

  test('the less loaded owner is asked', async () => {
    const id = await open({ readerCount: 2 });
    fake.world.alterCollection(id, { replicaCount: 2 });
    await fake.settle();
    const gate = Promise.withResolvers<void>();
    fake.readers[0]!.before = () => gate.promise;
    fake.readers[1]!.before = () => gate.promise;
    const searches = Array.from({ length: 20 }, () => search());
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(fake.readers.map((reader) => reader.calls.length)).toEqual([10, 10]);
    gate.resolve();
    await Promise.all(searches);
  });

  test('owners that are shared by some segments only are still as few as can be', async () => {
    const id = await open();
    fake.world.alterCollection(id, { replicaCount: 2 });
    await fake.settle();
    for (let i = 0; i < 20; i++) {
      const before = fake.readers.map((reader) => reader.calls.length);
      expect(await search()).toEqual([3, 4, 5, 9]);
      expect(fake.readers.filter((reader, place) => reader.calls.length > before[place]!).length).toBe(2);
    }
  });

  test('an owner that answers nothing although it reports is avoided, also when the other is busier', async () => {
    // A minute passes at once; reports do not take part.
    let passedMs = 0;
    const clock: Clock = { ...systemClock, monotonicMs: () => performance.now() + passedMs };
    const limits = { stuckCallMs: 30_000, statusSilenceMsMax: 600_000 };
    const id = await open({ readerCount: 2, limits, clock });
    fake.world.alterCollection(id, { replicaCount: 2 });
    await fake.settle();
    const [stuck, busy] = fake.cluster.members.readers();
    stuck!.callBegan(() => {});
    for (let i = 0; i < 5; i++) busy!.callBegan(() => {});
    passedMs = 60_000;
    const answered = (): void => {};
    busy!.callBegan(answered);
    busy!.callEnded(answered, 'answered');
    for (let i = 0; i < 10; i++) await search({ timeoutMs: 120_000 });
    expect(fake.readers.map((reader) => reader.calls.length)).toEqual([0, 10]);
  });
});

describe('a reader that is late', () => {
  const hedges: string[] = [];
  const LATE = { hedgeAfterMs: 50, hedgeLookMs: 10 };

  async function openLate(replicaCount: number): Promise<void> {
    hedges.length = 0;
    const hedge: RouterMetrics['hedge'] = (address, outcome) => hedges.push(`${address} ${outcome}`);
    const id = await open({ readerCount: 3, limits: LATE, metrics: { ...silentMetrics, hedge } });
    fake.world.alterCollection(id, { replicaCount });
    await fake.settle();
  }

  /** The first call to each of these readers waits for the gate. */
  function hold(readers: readonly FakeNode[], gate: Promise<void>, aborted: () => void = () => {}): void {
    for (const reader of readers) {
      let isFirst = true;
      reader.before = (method, _call, signal) => {
        if (method !== 'search' || !isFirst) return;
        isFirst = false;
        signal.addEventListener('abort', aborted);
        return gate;
      };
    }
  }

  test('has its share asked of another that holds it; the first answer counts, the other call is ended', async () => {
    await openLate(2);
    const gate = Promise.withResolvers<void>();
    let aborted = 0;
    const asked = fake.readers[1]!;
    hold([asked], gate.promise, () => aborted++);
    for (let i = 0; i < 10 && hedges.length === 0; i++) expect(await search()).toEqual([3, 4, 5, 9]);
    expect(hedges).toEqual([`${asked.address} won`]);
    expect(aborted).toBe(1);
    gate.resolve();
  });

  test('may still be first', async () => {
    await openLate(2);
    const [late, others] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const reader = fake.readers[1]!;
    hold([reader], late.promise);
    let standIns = 0;
    for (const other of [fake.readers[0]!, fake.readers[2]!]) {
      other.before = (_method, call) => {
        const [first] = segmentsAsked(reader);
        if (!call.scope?.segmentIds.some((id) => first?.includes(id))) return;
        standIns++;
        return others.promise;
      };
    }
    while (segmentsAsked(reader).length === 0) {
      const searching = search();
      void eventually(() => standIns > 0).then(() => late.resolve());
      expect(await searching).toEqual([3, 4, 5, 9]);
    }
    expect(hedges).toEqual([`${reader.address} lost`]);
    others.resolve();
  });

  const callCounts = (): number => fake.readers.reduce((sum, reader) => sum + reader.callsOf('search').length, 0);

  test('is waited for when nobody else holds its share', async () => {
    await openLate(1);
    fake.readers[0]!.notReady.add(4);
    fake.readers[2]!.notReady.add(4);
    await fake.settle();
    const gate = Promise.withResolvers<void>();
    hold([fake.readers[1]!], gate.promise);
    const searching = search();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(callCounts()).toBe(3);
    gate.resolve();
    expect(await searching).toEqual([3, 4, 5, 9]);
    expect(hedges).toEqual([]);
  });

  test('is waited for when most are late: more calls would not make them faster', async () => {
    await openLate(2);
    const gate = Promise.withResolvers<void>();
    hold(fake.readers, gate.promise);
    const searches = Array.from({ length: 12 }, () => search());
    await eventually(() => fake.readers.every((reader) => reader.callsOf('search').length > 0));
    const before = callCounts();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(callCounts()).toBe(before);
    gate.resolve();
    await Promise.all(searches);
    expect(hedges).toEqual([]);
  });
});

test('no reader at all is an error that says so, and retriable', async () => {
  const id = await open({ readerCount: 0 });
  expect(id).toBeGreaterThan(0);
  await expect(search()).rejects.toMatchObject({
    code: 2,
    retriable: true,
    message: 'no reader is there for 3 segments of collection things',
  });
});

test('a query that misses one node fails: never a part of the rows', async () => {
  await open({ readerCount: 1 });
  fake.readers[0]!.before = () => {
    throw new BraidError('internal', 'out of luck');
  };
  const query = fake.operations.query(requestContext(), queryInput('id > 0', { consistency: EVENTUALLY }));
  await expect(query).rejects.toThrow('out of luck');
});
