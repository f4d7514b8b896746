import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serviceRpcs } from '../sdk/compatibility/service-rpcs.ts';
import { HOME } from './sources.ts';

test('docs/compatibility.md says of every call of the service whether it is supported', () => {
  const lines = readFileSync(join(HOME, 'docs/compatibility.md'), 'utf8').split('\n');
  const unsaid = serviceRpcs().filter(
    (rpc) => !lines.some((line) => new RegExp(`^\\| ${rpc} \\| (yes|partly; not: .+|no) \\|`).test(line)),
  );
  expect(unsaid).toEqual([]);
});
