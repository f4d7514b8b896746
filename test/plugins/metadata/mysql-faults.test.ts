import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MetadataStore } from '../../../plugins/metadata/metadata.ts';
import type { MysqlOptions } from '../../../plugins/metadata/mysql/mysql-options.ts';
import mysql from '../../../plugins/metadata/mysql.ts';
import { COLLECTION_ID, leadWithCollection, publication, segmentRecord } from '../../contract/metadata/records.ts';
import { Mariadb, missingMariadb } from '../../servers/mariadb.ts';
import { mayRunWith } from '../../servers/required-server.ts';
import { type Fault, TcpProxy } from '../../servers/tcp-proxy.ts';
import { testHost } from './test-host.ts';

/** More than the retries and one statement may take together. */
const BOUND_MS = 20_000;

describe.runIf(mayRunWith('mariadb', missingMariadb()))('mysql when things go wrong', { timeout: 60_000 }, () => {
  let server: Mariadb;
  let opened: AsyncDisposable[];
  let database: string;
  let databases = 0;

  const open = async (options: MysqlOptions = {}): Promise<MetadataStore> => {
    const { host, port, user, password } = server;
    const store = await mysql.open({ host, port, user, password, database, ...options }, testHost('/nowhere'));
    opened.push(store);
    return store;
  };

  beforeAll(async () => {
    server = await Mariadb.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());
  beforeEach(() => {
    database = `faults_${databases++}`;
    opened = [];
  });
  afterEach(async () => {
    for (const disposable of opened) await disposable[Symbol.asyncDispose]();
  });

  /** Publishes segment after segment until `isEnough` says so after one; each is acknowledged before the next. */
  const publishUntil = async (store: MetadataStore, term: number, isEnough: (count: number) => boolean) => {
    let count = 0;
    do {
      const change = publication({ addSegments: [segmentRecord(1_000 + count)] });
      await store.apply(term, `publish-${count}`, [change]);
      count++;
    } while (!isEnough(count));
    return count;
  };

  const expectExactlyOnce = async (count: number) => {
    const view = await (await open()).readView(COLLECTION_ID);
    expect(view!.version).toBe(count);
    expect(view!.segments.map((segment) => segment.id)).toEqual(Array.from({ length: count }, (_, i) => 1_000 + i));
  };

  test('connections that are killed in the middle cost nothing: everything is applied exactly once', async () => {
    const store = await open();
    const { lease } = await leadWithCollection(store);
    let kills = 0;
    const killer = (async () => {
      const control = await server.connect();
      while (kills < 30) {
        await setTimeout(20);
        const [rows] = await control.query<never[]>('select id from information_schema.processlist where db = ?', [
          database,
        ]);
        for (const { id } of rows as { id: number }[]) {
          await control.query(`kill connection ${id}`).then(
            () => kills++,
            () => undefined,
          );
        }
      }
      control.destroy();
    })();
    const count = await publishUntil(store, lease.term, () => kills >= 30);
    await killer;
    await expectExactlyOnce(count);
  });

  test('a server that dies and comes back has everything that was acknowledged, once', async () => {
    const store = await open();
    const { lease } = await leadWithCollection(store);
    let restarts = 0;
    const crasher = (async () => {
      while (restarts < 3) {
        await setTimeout(300);
        await server.kill();
        await server.startAgain();
        restarts++;
      }
    })();
    const count = await publishUntil(store, lease.term, () => restarts >= 3);
    await crasher;
    expect(await store.reserveIds(lease.term, 5)).toBe(1);
    expect(await store.currentLease()).toEqual(lease);
    await expectExactlyOnce(count);
  });

  test.each<[Fault, string]>([
    ['cut-before', 'is applied by the next try'],
    ['cut-after', 'is found applied by the next try'],
  ])('a COMMIT that the network loses (%s) %s', async (fault, _what) => {
    await using proxy = await TcpProxy.start(server.port);
    const store = await open({ port: proxy.port });
    const { lease } = await leadWithCollection(store);
    let cuts = 0;
    proxy.faultFor = (sent) => {
      if (!sent.slice(5).startsWith('commit') || ++cuts % 2 === 0) return undefined;
      return fault;
    };
    const count = await publishUntil(store, lease.term, (done) => done === 20);
    expect(cuts).toBeGreaterThanOrEqual(20);
    proxy.faultFor = () => undefined;
    expect(await store.catalogVersion()).toBe(count + 1);
    await expectExactlyOnce(count);
    await store[Symbol.asyncDispose]();
  });

  test('a COMMIT whose answer is always lost ends in serviceUnavailable, and asking again tells that it was done', async () => {
    await using proxy = await TcpProxy.start(server.port);
    const store = await open({ port: proxy.port });
    const { lease } = await leadWithCollection(store);
    const change = publication({ addSegments: [segmentRecord(1_000)] });
    proxy.faultFor = (sent) => (sent.slice(5).startsWith('commit') ? 'cut-after' : undefined);
    await expect(store.apply(lease.term, 'publish-0', [change])).rejects.toMatchObject({ kind: 'serviceUnavailable' });
    proxy.faultFor = () => undefined;
    expect(await store.apply(lease.term, 'publish-0', [change])).toBe(2);
    await expectExactlyOnce(1);
    await store[Symbol.asyncDispose]();
  });

  test('a machine that vanishes in the middle of a transaction does not keep the lease row for ever', async () => {
    await using proxy = await TcpProxy.start(server.port);
    const vanishing = await open({ port: proxy.port });
    const { lease } = await leadWithCollection(vanishing);
    const successor = await open();
    await vanishing.releaseLease(lease);
    const vanished = Promise.withResolvers<void>();
    proxy.faultFor = (sent) => {
      if (!sent.slice(5).startsWith('commit')) return undefined;
      vanished.resolve();
      return 'black-hole';
    };
    const lost = vanishing.acquireLease('writer-1', 1_000).catch(() => undefined);
    await vanished.promise;

    const startMs = performance.now();
    let taken: unknown;
    while (taken === undefined && performance.now() - startMs < 40_000) {
      taken = await successor.acquireLease('writer-2', 60_000).catch(() => undefined);
      await setTimeout(100);
    }
    expect(taken).toBeDefined();
    proxy.faultFor = () => 'cut-before';
    await lost;
    await vanishing[Symbol.asyncDispose]();
  });

  test('a server that is down: serviceUnavailable within a bound, and work goes on when it is back', async () => {
    const store = await open();
    const leader = await leadWithCollection(store);
    await server.stop();
    const startMs = performance.now();
    const calls = [
      store.catalogVersion(),
      store.readView(COLLECTION_ID),
      store.reserveIds(leader.lease.term, 1),
      leader.apply(publication()),
      open(),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { kind: 'serviceUnavailable' } });
    }
    expect(performance.now() - startMs).toBeLessThan(BOUND_MS);
    await server.startAgain();
    await leader.apply(publication());
    expect((await store.readView(COLLECTION_ID))!.version).toBe(1);
  });

  test('a server that says nothing any more: serviceUnavailable within a bound, and work goes on when it wakes', async () => {
    const store = await open({ statementTimeoutMs: 500, connectTimeoutMs: 500 });
    const leader = await leadWithCollection(store);
    server.pause();
    try {
      const startMs = performance.now();
      const calls = [store.readCatalog(), leader.apply(publication()), store.renewLease(leader.lease, 60_000)];
      for (const outcome of await Promise.allSettled(calls)) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: { kind: 'serviceUnavailable' } });
      }
      expect(performance.now() - startMs).toBeLessThan(BOUND_MS);
    } finally {
      server.resume();
    }
    await leader.apply(publication({ addSegments: [segmentRecord(1_000)] }));
    expect((await store.readView(COLLECTION_ID))!.segments).toHaveLength(1);
  });

  test('a row that somebody else has locked is waited for', async () => {
    const store = await open();
    const leader = await leadWithCollection(store);
    const blocker = await server.connect(database);
    await blocker.query('begin');
    await blocker.query('select * from braid_cluster for update');
    let isDone = false;
    const applying = leader.apply(publication()).finally(() => {
      isDone = true;
    });
    // Longer than one wait for the lock: the transaction is tried again.
    await setTimeout(4_000);
    expect(isDone).toBe(false);
    expect(await store.catalogVersion()).toBe(1);
    blocker.destroy();
    expect(await applying).toBe(2);
  });

  test('a server that became read-only is unavailable for writes until it is writable again', async () => {
    await server.query(
      `create database ${database}`,
      `create user 'plain${databases}'@'%' identified by 'p'`,
      `grant all on ${database}.* to 'plain${databases}'@'%'`,
    );
    const store = await open({ user: `plain${databases}`, password: 'p' });
    const leader = await leadWithCollection(store);
    await server.query('set global read_only = 1');
    try {
      await expect(leader.apply(publication())).rejects.toMatchObject({ kind: 'serviceUnavailable' });
      expect(await store.catalogVersion()).toBe(1);
    } finally {
      await server.query('set global read_only = 0');
    }
    expect(await leader.apply(publication())).toBe(2);
  });

  test('a server that comes back with the state of yesterday is refused', async () => {
    const store = await open();
    const leader = await leadWithCollection(store);
    await leader.apply(publication());
    await server.kill();
    await server.startAgain();
    await server.query(`update ${database}.braid_cluster set catalog_version = 1`);
    await expect(leader.apply(publication())).rejects.toMatchObject({
      kind: 'internal',
      message: expect.stringContaining('went back in time'),
    });
    await expect(store.catalogVersion()).rejects.toMatchObject({ kind: 'internal' });
  });

  test('a store that is closed while the server is down closes', async () => {
    const store = await open();
    await server.kill();
    const call = store.catalogVersion();
    const startMs = performance.now();
    await store[Symbol.asyncDispose]();
    expect(performance.now() - startMs).toBeLessThan(5_000);
    await expect(call).rejects.toMatchObject({ kind: 'serviceUnavailable' });
    await server.startAgain();
  });
});
