import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataType } from '@zilliz/milvus2-sdk-node';
import { expect, test } from 'vitest';
import { DEPLOYMENTS } from '../e2e/deployments.ts';

/**
 * No Elasticsearch can be had here: the lines of a real process are laid on the mapping as it would, dotted names as objects, each value against the type of its field.
 */

interface Mapping {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Mapping>>;
}

const TEMPLATE = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../docker/elk/braid-index-template.json'), 'utf8'),
) as { readonly template: { readonly mappings: Mapping } };

/** What Elasticsearch takes for a type; others are refused, and with them the line. */
const TAKES: Readonly<Record<string, (value: unknown) => boolean>> = {
  date: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  long: (value) => Number.isSafeInteger(value),
  keyword: isText,
  text: isText,
  match_only_text: isText,
  wildcard: isText,
  flattened: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

test('every field of the lines of a real process has a place in the index template, and a value of its type', async () => {
  await using braid = await DEPLOYMENTS[0]!.start({ telemetry: { logLevel: 'debug', slowQueryMs: 0 } });
  const client = await braid.client();
  await client.createCollection({
    collection_name: 'books',
    consistency_level: 'Strong',
    fields: [
      { name: 'id', data_type: DataType.Int64, is_primary_key: true },
      { name: 'vector', data_type: DataType.FloatVector, dim: 2 },
    ],
    index_params: [{ field_name: 'vector', index_type: 'FLAT', metric_type: 'L2' }],
  });
  await client.loadCollectionSync({ collection_name: 'books' });
  await client.insert({ collection_name: 'books', data: [{ id: 1, vector: [1, 2] }] });
  await client.search({ collection_name: 'books', data: [1, 2], limit: 1 });
  await client.describeCollection({ collection_name: 'nobody' });
  await braid.processes.stop(braid.processes.started[0]!);
  const lines = readFileSync(braid.processes.logOf('braid'), 'utf8').trim().split('\n');
  expect(lines.some((line) => line.includes('"slow query"'))).toBe(true);
  expect(lines.some((line) => line.includes('"call failed"'))).toBe(true);
  const problems = lines.flatMap((line) => problemsOf(JSON.parse(line) as Record<string, unknown>));
  expect([...new Set(problems)]).toEqual([]);
}, 60_000);

test('a value of another type and a field without a place are seen', () => {
  expect(problemsOf({ 'event.duration': 1.5, '@timestamp': 'now', 'log.origin': 'x', braid: 3 })).toEqual([
    'event.duration: 1.5 is no long',
    '@timestamp: "now" is no date',
    'log.origin is not mapped',
    'braid: 3 is no flattened',
  ]);
});

function problemsOf(line: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(line).flatMap(([name, value]) => {
    const { type } = mappingOf(name) ?? {};
    if (type === undefined) return [`${name} is not mapped`];
    return TAKES[type]!(value) ? [] : [`${name}: ${JSON.stringify(value)} is no ${type}`];
  });
}

function mappingOf(name: string): Mapping | undefined {
  let mapping: Mapping | undefined = TEMPLATE.template.mappings;
  for (const part of name.split('.')) mapping = mapping?.properties?.[part];
  return mapping;
}

function isText(value: unknown): boolean {
  return Array.isArray(value) ? value.every(isText) : typeof value === 'string';
}
