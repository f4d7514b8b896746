import { afterEach, expect, test } from 'vitest';
import { BraidError } from '../../../core/errors.ts';
import { EVENTUALLY, eventually, FakeCluster, requestContext, searchInput } from '../fakes/fake-cluster.ts';
import { FakeNode } from '../fakes/fake-node.ts';
import { testRow } from '../fakes/test-schema.ts';

let fake: FakeCluster;

afterEach(async () => fake[Symbol.asyncDispose]());

async function open(readerCount: number, leaveGraceMs = 0): Promise<void> {
  fake = await FakeCluster.open({ readerCount, limits: { membershipDoubtMs: 200, leaveGraceMs } });
  const { id } = fake.world.addCollection();
  fake.world.publish(
    id,
    [4, 5, 6, 7].map((segment) => ({ id: segment, rows: [testRow(segment, segment, 1n)] })),
  );
  await fake.settle();
}

const search = async (): Promise<number> => {
  const output = await fake.operations.search(requestContext(), searchInput(0, { topk: 100, consistency: EVENTUALLY }));
  return output.keys.length;
};

function knownReaders(): string[] {
  return fake.cluster.members.readers().map((handle) => handle.member.nodeId);
}

test('a member that comes is used as soon as it has its segments, one that leaves no more', async () => {
  await open(2);
  const third = fake.addNode(new FakeNode(fake.world, 'reader2', ['reader']));
  fake.announce();
  await eventually(() => fake.cluster.members.find('reader2')?.health === 'healthy');
  expect(await search()).toBe(4);
  expect(third.callsOf('search').length).toBe(1);
  fake.announce(third);
  await eventually(() => knownReaders().length === 2);
  expect(await search()).toBe(4);
  expect(third.callsOf('search').length).toBe(1);
  await eventually(() => third.isDisposed);
});

test('a reader that leaves answers for what nobody else holds yet, also while it drains', async () => {
  await open(3, 60_000);
  const [leaver, ...others] = fake.readers;
  for (const other of others) for (const segment of [4, 5, 6, 7]) other.notReady.add(segment);
  await fake.settle();
  await eventually(() => fake.cluster.members.readers().every((handle) => handle.status !== undefined));
  leaver!.draining = true;
  leaver!.report();
  fake.announce(leaver!);
  await eventually(() => knownReaders().length === 2);
  expect(await search()).toBe(4);
  expect(fake.readers.map((reader) => reader.callsOf('search').length)).toEqual([1, 0, 0]);
  for (const other of others) other.notReady.clear();
  await fake.settle();
  expect(await search()).toBe(4);
  expect(leaver!.callsOf('search').length).toBe(1);
  expect(leaver!.isDisposed).toBe(false);
  leaver!.isDead = true;
  leaver!.report();
  await eventually(() => leaver!.isDisposed);
});

test('what needs the writer waits while one is restarted that said so, and not when it died', async () => {
  await open(1);
  const create = (): Promise<unknown> =>
    fake.operations.createDatabase(requestContext(), { name: `mine${++databases}`, properties: {} });
  let databases = 0;
  fake.writer.draining = true;
  fake.writer.report();
  await eventually(() => fake.cluster.members.writer() === undefined);
  let created = false;
  const creating = create().then(() => {
    created = true;
  });
  fake.writer.isDead = true;
  fake.writer.report();
  await eventually(() => fake.cluster.members.find('writer')?.health === 'down');
  expect(created).toBe(false);
  fake.writer.isDead = false;
  fake.writer.draining = false;
  fake.writer.term = 2;
  await creating;
  fake.writer.isDead = true;
  fake.writer.report();
  await eventually(() => fake.cluster.members.writer() === undefined);
  const beganMs = performance.now();
  await expect(create()).rejects.toThrow('no writer leads');
  expect(performance.now() - beganMs).toBeLessThan(2_500);
});

test('a list that drops most members at once is doubted while they answer', async () => {
  await open(4);
  fake.discovery.push([fake.writer.member]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(knownReaders().length).toBe(4);
  expect(await search()).toBe(4);
  fake.discovery.push([]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await search()).toBe(4);
  // It stays so: after a while it is believed.
  await eventually(() => knownReaders().length === 0);
});

test('of a doubted list, those that do not answer go at once', async () => {
  await open(4);
  fake.readers[0]!.isDead = true;
  fake.readers[0]!.report();
  await eventually(() => fake.cluster.members.find('reader0')?.health === 'down');
  fake.discovery.push([fake.writer.member]);
  await eventually(() => knownReaders().length === 3);
});

test('a member that comes back at another address gets a new connection', async () => {
  await open(2);
  const before = fake.readers[0]!;
  const moved = new FakeNode(fake.world, 'reader0', ['reader']);
  Object.assign(moved, { address: 'elsewhere:1' });
  fake.addNode(moved);
  fake.announce();
  await eventually(() => fake.cluster.members.find('reader0')?.health === 'healthy' && before.isDisposed);
  expect(await search()).toBe(4);
  expect(before.callsOf('search')).toEqual([]);
  expect(moved.callsOf('search').length).toBe(1);
});

test('a draining member gets no new calls while another has its segments', async () => {
  await open(2);
  fake.readers[0]!.draining = true;
  fake.readers[0]!.report();
  await eventually(() => fake.cluster.members.find('reader0')?.health === 'draining');
  expect(await search()).toBe(4);
  expect(fake.readers.map((reader) => reader.callsOf('search').length)).toEqual([0, 1]);
});

test('a dead member is connected again when it is back', async () => {
  await open(2);
  fake.readers[0]!.isDead = true;
  fake.readers[0]!.report();
  await eventually(() => fake.cluster.members.find('reader0')?.health === 'down');
  expect(await search()).toBe(4);
  fake.readers[0]!.isDead = false;
  await eventually(() => fake.cluster.members.find('reader0')?.health === 'healthy');
  expect(await search()).toBe(4);
  expect(fake.readers[0]!.callsOf('search').length).toBe(1);
});

test('without a writer, writes fail at once and say that nothing was done', async () => {
  await open(2);
  fake.writer.term = 0;
  fake.writer.report();
  await eventually(() => fake.cluster.members.writer() === undefined);
  const startMs = performance.now();
  const write = fake.operations.createDatabase(requestContext(), { name: 'mine', properties: {} });
  await expect(write).rejects.toMatchObject({
    code: 2,
    retriable: true,
    message: expect.stringContaining('nothing was done'),
  });
  expect(performance.now() - startMs).toBeLessThan(1_000);
});

test('a write is sent once, whatever happens to it', async () => {
  await open(2);
  fake.writer.before = () => {
    throw new BraidError('serviceUnavailable', 'connection reset');
  };
  await expect(fake.operations.createDatabase(requestContext(), { name: 'mine', properties: {} })).rejects.toThrow(
    'connection reset',
  );
  expect(fake.writer.callsOf('catalog').length).toBe(1);
});

test('health tells who is missing', async () => {
  await open(2);
  expect(await fake.operations.health(requestContext())).toMatchObject({ healthy: true, reasons: [] });
  fake.readers[1]!.isDead = true;
  fake.readers[1]!.report();
  fake.writer.term = 0;
  fake.writer.report();
  await eventually(
    () => fake.cluster.members.writer() === undefined && fake.cluster.members.find('reader1')?.health === 'down',
  );
  const { healthy, reasons, nodes } = await fake.operations.health(requestContext());
  expect(healthy).toBe(false);
  expect(reasons).toEqual(['no writer leads', 'node reader1 (reader1:19540) is down']);
  expect(nodes.map((node) => [node.nodeId, node.healthy])).toEqual([
    ['writer', true],
    ['reader0', true],
    ['reader1', false],
  ]);
});
