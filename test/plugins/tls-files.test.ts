import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTlsFiles } from '../../plugins/tls-files.ts';

test('files are read from the folder of the configuration file, or where an absolute path says', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'braid-tls-'));
  await writeFile(join(folder, 'ca.pem'), 'authority');
  const files = { caFile: 'ca.pem', certFile: join(folder, 'ca.pem') };
  expect(await readTlsFiles(files, folder, 'cache.with.tls')).toEqual({ ca: 'authority', cert: 'authority' });
  await rm(folder, { recursive: true });
  await expect(readTlsFiles(files, folder, 'cache.with.tls')).rejects.toThrow(
    /^file (ca\.pem|.*\/ca\.pem) of cache\.with\.tls cannot be read$/,
  );
});
