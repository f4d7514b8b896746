import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Discovery, Member } from '../../plugins/discovery/discovery.ts';
import type { PluginLogger } from '../../plugins/plugin.ts';

/** One registry of its own, and as many openings of it as a test wants: each stands for a process. What a registry cannot do stays undefined. */
export interface DiscoveryFixture extends AsyncDisposable {
  /** Opens the plugin; it logs to `logger`. */
  open(logger: PluginLogger): Promise<Discovery>;
  /** For a plugin that only reads: makes the registry name exactly the readers at these addresses (host:port). */
  show?(addresses: readonly string[]): Promise<void>;
  /** Makes the registry forget what it knows of this node, behind the plugin's back. */
  forget?(nodeId: string): Promise<void>;
  /** Puts entries that are no members among the others. */
  putGarbage?(): Promise<void>;
  /** The registry dies. */
  stop?(): Promise<void>;
  /** The registry comes back after `stop` at the same address: empty if it can lose what it held. */
  start?(): Promise<void>;
}

/** How long a registry may take to tell of a change, on a machine that has much else to do. */
const CHANGE_MS_MAX = 40_000;
const TEST_MS_MAX = 90_000;
/** How long a plugin is watched for what it must not do. */
const QUIET_MS = 1_500;
const MANY = 200;

const MEMBER: Member = {
  nodeId: 'reader-a',
  address: '10.0.0.1:19540',
  roles: ['reader'],
  weight: 2.5,
  zone: 'west',
  labels: { disk: 'nvme', 'example.com/tenant': 'größer, "als"' },
};

const reader = (nodeId: string, address: string): Member => ({ nodeId, address, roles: ['reader'], weight: 1 });

/** What every discovery plugin promises. */
export function discoveryContract(name: string, createFixture: () => Promise<DiscoveryFixture>): void {
  describe(`${name} keeps the contract of a discovery`, { timeout: TEST_MS_MAX }, () => {
    let fixture: DiscoveryFixture;
    let discovery: Discovery;
    let log: RecordedLog;
    let others: Discovery[];

    beforeEach(async () => {
      fixture = await createFixture();
      log = new RecordedLog();
      others = [];
      discovery = await fixture.open(log);
    });

    afterEach(async () => {
      for (const other of others) await other[Symbol.asyncDispose]();
      await discovery[Symbol.asyncDispose]();
      await fixture[Symbol.asyncDispose]();
    });

    const openOther = async (): Promise<Discovery> => {
      const other = await fixture.open(new RecordedLog());
      others.push(other);
      return other;
    };

    describe('every discovery', () => {
      test('gives the first list at once, and well-formed', async () => {
        const members = await firstList(discovery);
        expect(new Set(members.map((member) => member.nodeId)).size).toBe(members.length);
        for (const { address, roles } of members) {
          expect(address).toMatch(/^.+:\d+$/);
          expect(roles.length).toBeGreaterThan(0);
        }
      });

      test('ends a watch when its signal aborts, also one that waits', async () => {
        await using watched = new WatchedLists(discovery);
        await watched.until(() => true);
        watched.abort();
        await watched.ended;
      });

      test('ends a watch whose signal was aborted before', async () => {
        const lists: unknown[] = [];
        for await (const list of discovery.watch(AbortSignal.abort())) lists.push(list);
        expect(lists.length).toBeLessThanOrEqual(1);
      });

      test('ends its watches when it is disposed', async () => {
        const other = await fixture.open(log);
        await using watched = new WatchedLists(other);
        await watched.until(() => true);
        await other[Symbol.asyncDispose]();
        await watched.ended;
      });

      test('shows several watches the same', async () => {
        const [one, other] = await Promise.all([firstList(discovery), firstList(discovery)]);
        expect(one).toEqual(other);
      });

      test('keeps quiet when its registry dies, and sees it again when it is back', async ({ skip }) => {
        const { stop, start } = fixture;
        if (!stop || !start) return skip('this registry cannot be stopped');
        await using announced = await announceOrShow(fixture, discovery, MEMBER);
        await using watched = new WatchedLists(await openOther());
        await watched.until((members) => names(members, announced.address));
        await stop.call(fixture);
        const before = watched.count;
        await sleep(QUIET_MS);
        expect(watched.since(before)).toEqual([]);
        expect(watched.isEnded).toBe(false);
        await start.call(fixture);
        await announced.repeat();
        await using later = new WatchedLists(await openOther());
        await later.until((members) => names(members, announced.address));
        await watched.until((members) => names(members, announced.address));
      });

      test('opens and watches while its registry is not there yet', async ({ skip }) => {
        const { stop, start } = fixture;
        if (!stop || !start) return skip('this registry cannot be stopped');
        await stop.call(fixture);
        const early = await openOther();
        await using watched = new WatchedLists(early);
        await sleep(QUIET_MS);
        expect(watched.count).toBe(0);
        expect(watched.isEnded).toBe(false);
        const announcing = announceOrShow(fixture, early, MEMBER);
        await start.call(fixture);
        await using announced = await announcing;
        await announced.repeat();
        await watched.until((members) => names(members, announced.address));
      });
    });

    describe('a discovery that only reads', () => {
      test('sees members come and go', async ({ skip }) => {
        const show = fixture.show?.bind(fixture);
        if (!show) return skip('members of this discovery announce themselves, or are settings');
        await using watched = new WatchedLists(discovery);
        for (const addresses of [['10.0.0.1:1', '10.0.0.2:1'], ['10.0.0.2:1'], ['10.0.0.2:1', '10.0.0.3:1']]) {
          await show(addresses);
          await watched.until((members) => sameAddresses(members, addresses));
        }
      });
    });

    describe('a discovery that announces', () => {
      const announce = (member: Member, by = discovery): Promise<AsyncDisposable> => by.announce!(member);

      beforeEach(({ skip }) => {
        if (discovery.announce === undefined) skip('this discovery only reads a list');
      });

      test('shows a member to others, whole, until its handle is disposed', async () => {
        await using watched = new WatchedLists(await openOther());
        const handle = await announce(MEMBER);
        const members = await watched.until((list) => names(list, MEMBER.address));
        expect(members).toEqual([MEMBER]);
        await handle[Symbol.asyncDispose]();
        await watched.until((list) => list.length === 0);
      });

      test('lets every process withdraw its own member only', async () => {
        const other = await openOther();
        const first = await announce(MEMBER);
        await using _second = await announce(reader('reader-b', '10.0.0.2:1'), other);
        await using watched = new WatchedLists(other);
        await watched.until((members) => members.length === 2);
        await first[Symbol.asyncDispose]();
        const left = await watched.until((members) => members.length === 1);
        expect(left[0]!.nodeId).toBe('reader-b');
      });

      test('shows a node where it was announced last, also when the earlier announcement ends after that', async () => {
        const other = await openOther();
        const before = await announce(reader('reader-a', '10.0.0.1:1'));
        await using _after = await announce(reader('reader-a', '10.0.0.2:1'), other);
        await using watched = new WatchedLists(other);
        await watched.until((members) => sameAddresses(members, ['10.0.0.2:1']));
        await before[Symbol.asyncDispose]();
        await sleep(QUIET_MS);
        await watched.until((members) => sameAddresses(members, ['10.0.0.2:1']));
        await watchOnce(await openOther(), (members) => sameAddresses(members, ['10.0.0.2:1']));
      });

      test(`shows ${MANY} members at once`, async () => {
        const members = Array.from({ length: MANY }, (_, i) => reader(`reader-${i}`, `10.0.${i}.1:19540`));
        const handles = await Promise.all(members.map((member) => announce(member)));
        await using watched = new WatchedLists(await openOther());
        const seen = await watched.until((list) => list.length === MANY);
        expect(new Set(seen.map(({ address }) => address))).toEqual(new Set(members.map(({ address }) => address)));
        await Promise.all(handles.map((handle) => handle[Symbol.asyncDispose]()));
        await watched.until((list) => list.length === 0);
      });

      test('leaves out what is no member, warns of it, and keeps the others', async ({ skip }) => {
        if (!fixture.putGarbage) return skip('this registry holds nothing but members');
        await using _announced = await announce(MEMBER);
        await fixture.putGarbage();
        await using watched = new WatchedLists(discovery);
        await watched.until((members) => names(members, MEMBER.address));
        await using _second = await announce(reader('reader-b', '10.0.0.2:1'));
        expect(await watched.until((members) => members.length === 2)).toContainEqual(MEMBER);
        expect(
          watched.lists
            .at(-1)!
            .map((member) => member.nodeId)
            .sort(),
        ).toEqual(['reader-a', 'reader-b']);
        expect(log.warnings.length).toBeGreaterThan(0);
      });

      test('announces again what the registry forgot', async ({ skip }) => {
        if (!fixture.forget) return skip('this registry does not forget');
        await using _announced = await announce(MEMBER);
        const other = await openOther();
        await watchOnce(other, (members) => names(members, MEMBER.address));
        await fixture.forget(MEMBER.nodeId);
        await using watched = new WatchedLists(await openOther());
        await watched.until((members) => names(members, MEMBER.address));
      });

      test('refuses a member that nobody could read', async () => {
        await expect(announce(reader('with space', '10.0.0.1:1'))).rejects.toMatchObject({ isInput: true });
      });
    });
  });
}

/** The first list of a new watch. */
export async function firstList(discovery: Discovery): Promise<readonly Member[]> {
  return watchOnce(discovery, () => true);
}

/** The first list of a new watch that fits. */
export async function watchOnce(
  discovery: Discovery,
  fits: (members: readonly Member[]) => boolean,
): Promise<readonly Member[]> {
  await using watched = new WatchedLists(discovery);
  return await watched.until(fits);
}

/** A watch whose lists are kept. */
export class WatchedLists implements AsyncDisposable {
  readonly lists: (readonly Member[])[] = [];
  readonly ended: Promise<void>;
  isEnded = false;
  readonly #stop = new AbortController();
  #wake: () => void = () => undefined;

  constructor(discovery: Discovery) {
    this.ended = this.#watch(discovery);
  }

  get count(): number {
    return this.lists.length;
  }

  since(count: number): readonly (readonly Member[])[] {
    return this.lists.slice(count);
  }

  abort(): void {
    this.#stop.abort();
  }

  /** The newest list, as soon as it fits. */
  async until(fits: (members: readonly Member[]) => boolean): Promise<readonly Member[]> {
    const endMs = performance.now() + CHANGE_MS_MAX;
    for (;;) {
      const newest = this.lists.at(-1);
      if (newest && fits(newest)) return newest;
      const waitMs = endMs - performance.now();
      if (this.isEnded || waitMs <= 0) {
        const what = this.isEnded ? 'the watch ended' : `${CHANGE_MS_MAX} ms passed`;
        throw new Error(`${what} before such a list; the newest of ${this.count} is ${JSON.stringify(newest)}`);
      }
      const changed = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([changed, sleep(Math.min(waitMs, 1_000))]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort();
    await this.ended;
  }

  async #watch(discovery: Discovery): Promise<void> {
    for await (const list of discovery.watch(this.#stop.signal)) {
      this.lists.push(list);
      this.#wake();
    }
    this.isEnded = true;
    this.#wake();
  }
}

/** A logger whose warnings can be asked for. */
export class RecordedLog implements PluginLogger {
  readonly warnings: string[] = [];
  debug(): void {}
  info(): void {}
  warn(_fields: object, message: string): void {
    this.warnings.push(message);
  }
  error(_fields: object, message: string): void {
    this.warnings.push(message);
  }
}

interface Announced extends AsyncDisposable {
  readonly address: string;
  /** After the registry was started empty: what nobody but the fixture can do again. */
  repeat(): Promise<void>;
}

/** Makes a member known in whichever way this discovery has. */
async function announceOrShow(fixture: DiscoveryFixture, discovery: Discovery, member: Member): Promise<Announced> {
  if (discovery.announce) {
    const handle = await discovery.announce(member);
    return {
      address: member.address,
      repeat: async () => undefined,
      [Symbol.asyncDispose]: () => handle[Symbol.asyncDispose](),
    };
  }
  const show = (): Promise<void> => fixture.show!([member.address]);
  // A registry that is down now is shown the member by `repeat`.
  await show().catch(() => undefined);
  return { address: member.address, repeat: show, [Symbol.asyncDispose]: async () => undefined };
}

function names(members: readonly Member[], address: string): boolean {
  return members.some((member) => member.address === address);
}

function sameAddresses(members: readonly Member[], addresses: readonly string[]): boolean {
  const seen = members.map((member) => member.address).sort();
  return seen.length === addresses.length && [...addresses].sort().every((address, i) => address === seen[i]);
}
