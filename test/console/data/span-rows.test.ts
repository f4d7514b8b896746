import { expect, test } from 'vitest';
import { spanRows } from '../../../console/src/data/span-rows.ts';
import type { ProfiledSpan } from '../../../telemetry/profiler.ts';

const span = (id: string, parentId: string, startMs: number): ProfiledSpan =>
  ({ id, parentId, name: id, startMs, durationMs: 1, attributes: {}, error: '' }) as ProfiledSpan;
const SPANS = [span('b', 'root', 5), span('root', 'elsewhere', 0), span('a', 'root', 2), span('below', 'b', 6)];
const shown = (folded: readonly string[]) =>
  spanRows(SPANS, new Set(folded)).map(
    ({ span: { id }, depth, hasChildren }) => `${depth} ${id}${hasChildren ? ' +' : ''}`,
  );

test('spans are a tree, children in the order of their begin', () => {
  expect(shown([])).toEqual(['0 root +', '1 a', '1 b +', '2 below']);
});

test('below what is folded nothing is shown', () => {
  expect(shown(['b'])).toEqual(['0 root +', '1 a', '1 b +']);
});

test('a span whose parent is not among them is a root', () => {
  expect(spanRows([span('x', 'gone', 1), span('y', 'gone too', 0)], new Set()).map(({ depth }) => depth)).toEqual([
    0, 0,
  ]);
});
