import { expect, test } from 'vitest';
import { Breaker } from '../../../router/cluster/breaker.ts';

const LIMITS = { ejectionFailures: 3, ejectionMs: 100, ejectionMsMax: 250 };
const always = (): boolean => true;

function opened(): Breaker {
  const breaker = new Breaker(LIMITS);
  for (let i = 0; i < 3; i++) breaker.failed(0, always);
  return breaker;
}

test('failures in a row open it, a success in between does not', () => {
  const breaker = new Breaker(LIMITS);
  breaker.failed(0, always);
  breaker.failed(0, always);
  breaker.succeeded();
  expect(breaker.failed(0, always)).toBe(0);
  expect(breaker.failed(0, always)).toBe(0);
  expect(breaker.state(0)).toBe('closed');
  expect(breaker.failed(0, always)).toBe(100);
  expect(breaker.state(99)).toBe('open');
});

test('after its time one success closes it, one failure opens it for longer, up to the longest time', () => {
  const breaker = opened();
  expect(breaker.failed(50, always), 'a call that was under way').toBe(0);
  expect(breaker.state(100)).toBe('halfOpen');
  expect(
    breaker.failed(100, () => false),
    'it was counted when it opened first',
  ).toBe(200);
  expect(breaker.state(299)).toBe('open');
  expect(breaker.failed(300, always)).toBe(250);
  expect(breaker.state(550)).toBe('halfOpen');
  breaker.succeeded();
  expect(breaker.state(550)).toBe('closed');
  expect(breaker.failed(550, always)).toBe(0);
});

test('it stays closed while too many others are open, and opens with the next failure', () => {
  const breaker = new Breaker(LIMITS);
  for (let i = 0; i < 5; i++) expect(breaker.failed(0, () => false)).toBe(0);
  expect(breaker.failed(0, always)).toBe(100);
});
