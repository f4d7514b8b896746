import { expect, test, vi } from 'vitest';
import { BraidError } from '../../../core/errors.ts';
import { type HeldRecord, keepAnnounced } from '../../../plugins/discovery/keep-announced.ts';
import { RecordedLog } from '../../contract/discovery-contract.ts';

/** A registry with one place. */
class OnePlace {
  holds = 0;
  withdrawn = 0;
  failures: Error[] = [];
  lose: (reason: string) => void = () => undefined;

  readonly hold = async (): Promise<HeldRecord> => {
    const failure = this.failures.shift();
    if (failure) throw failure;
    this.holds++;
    const { promise: lost, resolve } = Promise.withResolvers<string>();
    this.lose = resolve;
    return {
      lost,
      withdraw: async () => {
        this.withdrawn++;
      },
    };
  };
}

const keep = (place: OnePlace, logger = new RecordedLog()) => keepAnnounced({ nodeId: 'n', hold: place.hold, logger });

test('what is lost is announced again, and withdrawn at the end', async () => {
  const place = new OnePlace();
  const log = new RecordedLog();
  const handle = await keep(place, log);
  expect(place.holds).toBe(1);
  place.lose('the lease expired');
  await vi.waitFor(() => expect(place.holds).toBe(2));
  expect(log.warnings.length).toBe(1);
  await handle[Symbol.asyncDispose]();
  expect(place.withdrawn).toBe(2);
});

test('a registry that refuses the announcement is an error', async () => {
  const place = new OnePlace();
  place.failures = [new BraidError('parameterInvalid', 'the token is wrong')];
  await expect(keep(place)).rejects.toThrow('the token is wrong');
  expect(place.holds).toBe(0);
});

test('a registry that does not answer is tried again', async () => {
  const place = new OnePlace();
  place.failures = [new Error('connection refused'), new Error('connection refused')];
  const log = new RecordedLog();
  await using _handle = await keep(place, log);
  expect(place.holds).toBe(1);
  expect(log.warnings.length).toBe(2);
});

test('a refusal after a loss is tried again', async () => {
  const place = new OnePlace();
  await using _handle = await keep(place);
  place.failures = [new BraidError('parameterInvalid', 'the token is gone')];
  place.lose('restarted');
  await vi.waitFor(() => expect(place.holds).toBe(2));
});

test('a record that cannot be withdrawn does not keep the process', async () => {
  const log = new RecordedLog();
  const hold = async (): Promise<HeldRecord> => ({
    lost: new Promise(() => undefined),
    withdraw: () => Promise.reject(new Error('gone')),
  });
  const handle = await keepAnnounced({ nodeId: 'n', hold, logger: log });
  await handle[Symbol.asyncDispose]();
  expect(log.warnings).toEqual([expect.stringContaining('left to expire')]);
});
