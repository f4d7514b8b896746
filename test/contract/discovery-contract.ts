import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Discovery, Member } from '../../plugins/discovery/discovery.ts';

/** One registry, and as many openings of it as a test wants: each stands for a process. */
export interface DiscoveryFixture extends AsyncDisposable {
  open(): Promise<Discovery>;
}

/** How long a registry may take to tell of a change. */
const CHANGE_MS_MAX = 15_000;

const MEMBER: Member = { nodeId: 'reader-a', address: '10.0.0.1:19540', roles: ['reader'], weight: 2, zone: 'west' };

/** What every discovery plugin promises, while its registry is well. */
export function discoveryContract(name: string, createFixture: () => Promise<DiscoveryFixture>): void {
  describe(`${name} keeps the contract of a discovery`, () => {
    let fixture: DiscoveryFixture;
    let discovery: Discovery;

    beforeEach(async () => {
      fixture = await createFixture();
      discovery = await fixture.open();
    });

    afterEach(async () => {
      await discovery[Symbol.asyncDispose]();
      await fixture[Symbol.asyncDispose]();
    });

    test('the first list comes at once, and is well-formed', async () => {
      const members = await firstList(discovery);
      expect(new Set(members.map((member) => member.nodeId)).size).toBe(members.length);
      for (const { address, roles } of members) {
        expect(address).toMatch(/^.+:\d+$/);
        expect(roles.length).toBeGreaterThan(0);
      }
    });

    test('a watch ends when its signal aborts, also one that waits', async () => {
      const stop = new AbortController();
      let lists = 0;
      const watching = (async () => {
        for await (const _ of discovery.watch(stop.signal)) lists += 1;
      })();
      while (lists === 0) await new Promise((resolve) => setImmediate(resolve));
      stop.abort();
      await watching;
    });

    test('a watch with an aborted signal ends', async () => {
      const lists: unknown[] = [];
      for await (const list of discovery.watch(AbortSignal.abort())) lists.push(list);
      expect(lists.length).toBeLessThanOrEqual(1);
    });

    test('several watches see the same', async () => {
      const [one, other] = await Promise.all([firstList(discovery), firstList(discovery)]);
      expect(one).toEqual(other);
    });

    test('an announced member is seen by others, whole, until its handle is disposed', async ({ skip }) => {
      if (discovery.announce === undefined) return skip('this discovery only reads a list');
      const stop = new AbortController();
      await using other = await fixture.open();
      const watch = other.watch(AbortSignal.any([stop.signal, AbortSignal.timeout(CHANGE_MS_MAX)]));
      const handle = await discovery.announce(MEMBER);
      let seen: Member | undefined;
      for await (const members of watch) {
        const member = members.find(({ nodeId }) => nodeId === MEMBER.nodeId);
        if (seen === undefined && member !== undefined) {
          seen = member;
          await handle[Symbol.asyncDispose]();
        } else if (seen !== undefined && member === undefined) {
          stop.abort();
          break;
        }
      }
      expect(seen).toMatchObject(MEMBER);
      expect(stop.signal.aborted).toBe(true);
    });
  });
}

/** The first list of a new watch. */
export async function firstList(discovery: Discovery): Promise<readonly Member[]> {
  const stop = new AbortController();
  for await (const members of discovery.watch(stop.signal)) {
    stop.abort();
    return members;
  }
  throw new Error('the watch ended without a list');
}
