import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { managementPage } from '../../cli/client/management-page.ts';
import { readToken } from '../../cli/client/read-token.ts';
import { readEnvironment } from '../../config/environment-settings.ts';

afterEach(() => vi.unstubAllEnvs());

test('a token comes from the file, else from the variable, which is no setting', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'braid-token-'));
  writeFileSync(join(folder, 'token'), 'ada:from a file\n');
  vi.stubEnv('BRAID_TOKEN', 'ada:from the environment');
  expect(await readToken({ tokenFile: join(folder, 'token') })).toBe('ada:from a file');
  expect(await readToken({})).toBe('ada:from the environment');
  await expect(readToken({ tokenFile: join(folder, 'nothing') })).rejects.toThrow(/nothing cannot be read/);
  expect(readEnvironment({ BRAID_TOKEN: 'ada:x' })).toEqual([]);
  vi.stubEnv('BRAID_TOKEN', '');
  expect(await readToken({})).toBeUndefined();
  rmSync(folder, { recursive: true });
});

test('pages are asked for with it; without, the refusal says what to do', async () => {
  const server = createServer(({ headers }, response) => {
    response.statusCode = headers.authorization === 'Bearer ada:secret' ? 200 : 401;
    response.end('{"here": true}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await managementPage(address, '/status', 'ada:secret')).toEqual({ here: true });
  await expect(managementPage(address, '/status')).rejects.toThrow(/answers 401: say who you are with --token-file/);
  server.close();
});
