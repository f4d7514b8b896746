import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

/** No Filebeat can be had here: its configuration is compared with the options that its reference names (elastic.co/guide/en/beats/filebeat/8.17). */

const FOLDER = join(import.meta.dirname, '../../docker/elk');
const CONFIGURATION = parse(readFileSync(join(FOLDER, 'filebeat.yml'), 'utf8')) as Record<string, unknown>;
const TEMPLATE = JSON.parse(readFileSync(join(FOLDER, 'braid-index-template.json'), 'utf8')) as {
  readonly index_patterns: readonly string[];
};

/** Of the parser `ndjson` of the input `filestream`. */
const NDJSON_OPTIONS = [
  'target',
  'overwrite_keys',
  'expand_keys',
  'add_error_key',
  'message_key',
  'document_id',
  'ignore_decoding_error',
];

test('filebeat.yml has options that Filebeat knows, and its index is one that the template is for', () => {
  const [input, ...others] = CONFIGURATION['filebeat.inputs'] as readonly Record<string, unknown>[];
  expect(others).toEqual([]);
  expect(input).toMatchObject({ type: 'filestream', id: expect.any(String), paths: [expect.stringMatching(/\.log$/)] });
  const [parser] = input!['parsers'] as readonly { readonly ndjson: Record<string, unknown> }[];
  for (const option of Object.keys(parser!.ndjson)) expect(NDJSON_OPTIONS).toContain(option);
  // Dotted names become objects and replace what Filebeat says itself, at the root of the event.
  expect(parser!.ndjson).toMatchObject({ target: '', expand_keys: true, overwrite_keys: true });
  const outputs = Object.keys(CONFIGURATION).filter((key) => key.startsWith('output.'));
  expect(outputs).toEqual(['output.elasticsearch']);
  const { index } = CONFIGURATION['output.elasticsearch'] as { readonly index: string };
  // Filebeat refuses another index than its own without a name and a pattern of the template.
  const pattern = CONFIGURATION['setup.template.pattern'] as string;
  expect(CONFIGURATION['setup.template.name']).toEqual(expect.any(String));
  expect(TEMPLATE.index_patterns).toEqual([pattern]);
  expect(index.startsWith(pattern.replace('*', ''))).toBe(true);
});
