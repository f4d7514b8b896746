import { expect, test } from 'vitest';
import { apiAddress, traceUrl } from '../../../console/src/data/addresses.ts';

const settings = (values: Readonly<Record<string, unknown>>) =>
  Object.entries(values).map(([name, value]) => ({ name, value: value === undefined ? '' : JSON.stringify(value) }));

test('the API is where the settings say; where it listens everywhere, on the host of the page', () => {
  expect(apiAddress(settings({ 'router.host': '10.0.0.5', 'router.port': 19530 }), 'page')).toBe('10.0.0.5:19530');
  expect(apiAddress(settings({ 'router.host': '0.0.0.0', 'router.port': 4 }), 'page')).toBe('page:4');
  expect(apiAddress(undefined, 'page')).toBe('page:19530');
});

test('a trace is linked where a trace UI is named, and only over HTTP', () => {
  const at = (url: string | undefined) => traceUrl(settings({ 'telemetry.traceUrl': url }), 'abc');
  expect(at('http://jaeger:16686/')).toBe('http://jaeger:16686/trace/abc');
  expect(at('https://grafana/explore?id={traceId}')).toBe('https://grafana/explore?id=abc');
  expect(at(undefined)).toBeUndefined();
  expect(at('javascript:alert(1)')).toBeUndefined();
});
