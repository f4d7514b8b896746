import { expect, test } from 'vitest';
import { sourceFiles, testFiles } from './sources.ts';

const LINES_MAX = 500;
const MEDIAN_LINES_MAX = 120;

test(`no source file is longer than ${LINES_MAX} lines, the median file at most ${MEDIAN_LINES_MAX}`, () => {
  const lengths = sourceFiles().map((file) => ({ path: file.path, lines: file.text.split('\n').length }));
  expect(lengths.filter((file) => file.lines > LINES_MAX)).toEqual([]);
  const sorted = lengths.map((file) => file.lines).sort((left, right) => left - right);
  expect(sorted[sorted.length >> 1]).toBeLessThanOrEqual(MEDIAN_LINES_MAX);
});

test('the environment is read in config/ only', () => {
  const readers = sourceFiles().filter(
    (file) => /\bprocess\.env\b/.test(file.text) && !file.path.startsWith('config/'),
  );
  expect(readers.map((file) => file.path)).toEqual([]);
});

test('no marks of unfinished work', () => {
  const marked = sourceFiles().filter((file) => /\b(TODO|FIXME|XXX|HACK)\b/.test(file.text));
  expect(marked.map((file) => file.path)).toEqual([]);
});

test('no test runs alone or is put off', () => {
  const pattern = /\b(?:test|it|describe)\.(?:only|todo)\b/;
  expect(
    testFiles()
      .filter((file) => pattern.test(file.text))
      .map((file) => file.path),
  ).toEqual([]);
});
