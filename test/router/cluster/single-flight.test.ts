import { expect, test } from 'vitest';
import { SingleFlight } from '../../../router/cluster/single-flight.ts';

test('whoever calls gets a run that began after the call; those who wait share one', async () => {
  let begun = 0;
  let gate = Promise.withResolvers<void>();
  const flight = new SingleFlight(() => {
    begun++;
    return gate.promise;
  });
  const first = flight.run();
  expect(begun).toBe(1);
  const second = flight.run();
  const third = flight.run();
  expect(begun).toBe(1);
  gate.resolve();
  await first;
  gate = Promise.withResolvers();
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toBe(2);
  gate.resolve();
  await Promise.all([second, third]);
  expect(begun).toBe(2);
  await flight.run();
  expect(begun).toBe(3);
});

test('a run that fails does not stop the next', async () => {
  let count = 0;
  const flight = new SingleFlight(async () => {
    if (count++ === 0) throw new Error('out of luck');
  });
  const results = await Promise.allSettled([flight.run(), flight.run()]);
  expect(results.map((result) => result.status)).toEqual(['rejected', 'fulfilled']);
});
