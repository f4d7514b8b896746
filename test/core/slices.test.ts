import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Slices } from '../../core/slices.ts';
import { finish, type Steps } from '../../core/steps.ts';

/** Steps of a millisecond and a half. */
function* slow(stepCount: number, done: string[], name: string): Steps<string> {
  for (let i = 0; i < stepCount; i++) {
    const endMs = performance.now() + 1.5;
    while (performance.now() < endMs);
    yield;
  }
  done.push(name);
  return name;
}

function* failing(): Steps<never> {
  yield;
  throw new Error('no');
}

test('what is quick is done at once', () => {
  const begun = new Slices(1_000).begin(slow(2, [], 'quick'));
  expect(begun).toEqual({ isDone: true, result: 'quick' });
  expect(finish(slow(1, [], 'quick'))).toBe('quick');
});

test('what is long is done in turns, one after the other, and others get theirs in between', async () => {
  const slices = new Slices(4);
  const done: string[] = [];
  const begun = [20, 1, 10].map((stepCount, i) => slices.begin(slow(stepCount, done, `work ${i}`)));
  expect(begun.map(({ isDone }) => isDone)).toEqual([false, false, false]);
  let turns = 0;
  while (done.length < 3) {
    await nextTurn();
    turns++;
  }
  // 31 steps, at most 3 of them in a turn.
  expect(turns).toBeGreaterThanOrEqual(9);
  expect(done).toEqual(['work 0', 'work 1', 'work 2']);
  expect(await Promise.all(begun.map((each) => (each.isDone ? each.result : each.promise)))).toEqual(done);
});

test('all that begins in one turn shares its slice', () => {
  const slices = new Slices(4);
  const begun = Array.from({ length: 20 }, () => slices.begin(slow(1, [], 'short')));
  expect(begun.filter(({ isDone }) => isDone).length).toBeLessThanOrEqual(3);
});

test('errors reach those who asked, and the next is done', async () => {
  const slices = new Slices(0.001);
  const [broken, well] = [slices.run(failing()), slices.run(slow(3, [], 'well'))];
  await expect(broken).rejects.toThrow('no');
  expect(await well).toBe('well');
});
