import { expect, test, vi } from 'vitest';
import { LeaderWatch } from '../../../node/reader/leader-watch.ts';
import type { Member } from '../../../plugins/discovery/discovery.ts';
import { NodeStatus } from '../../../proto/generated/node.ts';
import type { WriterShard } from '../../../proto/node-protocol/shard.ts';
import { StatusFeed } from '../../../proto/node-protocol/status-feed.ts';

const silent = (): void => {};
const logger = { debug: silent, info: silent, warn: silent, error: silent };

/** As much of a writer as a leader needs: it reports a term, or is silent. */
class Reporting {
  term: number;
  #feed: StatusFeed | undefined;

  constructor(term: number) {
    this.term = term;
  }

  change(term: number): void {
    this.term = term;
    this.#feed?.changed();
  }

  die(): void {
    this.term = 0;
    this.#feed?.close();
  }

  watchStatus(_request: unknown, signal: AbortSignal): AsyncIterable<NodeStatus> {
    if (this.term === 0) throw new Error('connection refused');
    this.#feed = new StatusFeed(() => NodeStatus.create({ term: this.term, catalogVersion: 7 }));
    return this.#feed.watch(signal);
  }
}

function member(address: string): Member {
  return { nodeId: address, address, roles: ['writer'] };
}

test('the writer with the highest term leads; what hangs on the former one is told', async () => {
  const writers = new Map([
    ['old:1', new Reporting(3)],
    ['new:1', new Reporting(0)],
  ]);
  const versions: number[] = [];
  const connect = ({ address }: Member): WriterShard => writers.get(address) as unknown as WriterShard;
  await using leaders = new LeaderWatch(connect, async (version) => void versions.push(version), logger);
  expect(leaders.leader).toBeUndefined();
  leaders.take([member('old:1'), member('new:1'), { nodeId: 'r', address: 'r:1', roles: ['reader'] }]);
  await vi.waitFor(() => expect(leaders.leader?.shard).toBe(writers.get('old:1')));
  expect(versions[0]).toBe(7);
  const former = leaders.leader!;

  // It takes over while the former one still reports, as one that was stopped and goes on does.
  writers.get('new:1')!.term = 4;
  await vi.waitFor(() => expect(leaders.leader?.shard).toBe(writers.get('new:1')), { timeout: 5_000 });
  expect(former.lost.aborted).toBe(true);

  const { lost } = leaders.leader!;
  writers.get('new:1')!.die();
  await vi.waitFor(() => expect(lost.aborted).toBe(true));
  leaders.take([]);
  expect(leaders.leader).toBeUndefined();
});
