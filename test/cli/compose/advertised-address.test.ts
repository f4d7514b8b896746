import { expect, test } from 'vitest';
import { advertisedAddress } from '../../../cli/compose/advertised-address.ts';

const node = (settings: { host: string; port?: number; advertise?: string }) => ({
  port: 19_540,
  weight: 1,
  labels: {},
  ...settings,
});

test('others reach a node where it says so, else where it listens', () => {
  expect(advertisedAddress(node({ host: '10.0.0.1' }), true)).toBe('10.0.0.1:19540');
  expect(advertisedAddress(node({ host: '0.0.0.0', advertise: 'a.example:1' }), true)).toBe('a.example:1');
  expect(advertisedAddress(node({ host: '0.0.0.0' }), false)).toBe('0.0.0.0:19540');
});

test('an IPv6 address has brackets, also where it was written without', () => {
  expect(advertisedAddress(node({ host: '::', advertise: 'fd00::a:19540' }), true)).toBe('[fd00::a]:19540');
  expect(advertisedAddress(node({ host: '::', advertise: '[fd00::a]:19540' }), true)).toBe('[fd00::a]:19540');
  expect(advertisedAddress(node({ host: 'fd00::a' }), true)).toBe('[fd00::a]:19540');
  expect(advertisedAddress(node({ host: '[::1]' }), false)).toBe('[::1]:19540');
});

test.each([[{ host: '0.0.0.0' }], [{ host: '::' }], [{ host: '10.0.0.1', port: 0 }]])(
  '%j is not announced',
  (settings) => {
    expect(() => advertisedAddress(node(settings), true)).toThrow(/node\.advertise is missing/);
  },
);
