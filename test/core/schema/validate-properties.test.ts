import { expect, test } from 'vitest';
import { timeToLiveMs, validateProperties } from '../../../core/schema/validate-properties.ts';

test('properties that mean nothing here may be anything', () => {
  validateProperties({ mine: 'abc', constructor: '1', toString: '' });
});

test.each([
  ['collection.ttl.seconds', '-1'],
  ['collection.ttl.seconds', '0'],
  ['collection.ttl.seconds', '3155760000'],
  ['mmap.enabled', 'True'],
  ['partitionkey.isolation', 'false'],
  ['timezone', 'Asia/Shanghai'],
  ['timezone', 'UTC'],
  ['collection.insertRate.max.mb', '0.5'],
])('%s may be %s', (key, value) => {
  validateProperties({ [key]: value });
});

test.each([
  ['collection.ttl.seconds', '-2', 'collection TTL is out of range, expect [-1, 3155760000], got -2'],
  ['collection.ttl.seconds', '3155760001', 'out of range'],
  ['collection.ttl.seconds', '1.5', 'collection TTL is not a valid positive integer'],
  ['collection.ttl.seconds', '', 'not a valid positive integer'],
  ['mmap.enabled', 'yes', 'invalid mmap.enabled value: yes, valid values: true, false'],
  ['timezone', 'Mars/Base', 'invalid timezone, should be a IANA timezone name: Mars/Base'],
  ['timezone', '+05:00', 'invalid timezone'],
  ['timezone', '', 'invalid timezone'],
  ['collection.searchRate.max.vps', 'many', 'should be a number'],
])('%s may not be %o', (key, value, words) => {
  expect(() => validateProperties({ [key]: value })).toThrow(words);
});

test('rows live for ever unless the time to live is a positive number', () => {
  expect(timeToLiveMs({})).toBeUndefined();
  expect(timeToLiveMs({ 'collection.ttl.seconds': '0' })).toBeUndefined();
  expect(timeToLiveMs({ 'collection.ttl.seconds': '-1' })).toBeUndefined();
  expect(timeToLiveMs({ 'collection.ttl.seconds': '2' })).toBe(2000);
});
