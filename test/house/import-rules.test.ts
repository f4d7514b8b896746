import { expect, test } from 'vitest';
import { brokenRules } from './import-rules.ts';
import { sourceFiles } from './sources.ts';

test('every import is one its room may make', () => {
  expect(brokenRules(sourceFiles())).toEqual([]);
});

test.each([
  ['router/operations/x.ts', "import { a } from '../../node/writer/writer-node.ts';"],
  ['router/cluster/x.ts', "import type { A } from '../operations/operations.ts';"],
  ['node/reader/x.ts', "import { a } from '../writer/writer-node.ts';"],
  ['node/segment/x.ts', "import {\n  a,\n  b,\n} from '../reader/reader-node.ts';"],
  ['core/x.ts', "import '../telemetry/logger.ts';"],
  ['plugins/log/x.ts', "const { a } = await import('../storage/local.ts');"],
  ['router/api/grpc/x.ts', "export type { A } from '../../../plugins/metadata/sqlite.ts';"],
  ['attic/x.ts', ''],
])('a forbidden import in %s is found', (path, text) => {
  expect(brokenRules([{ path, text }])).toHaveLength(1);
});
