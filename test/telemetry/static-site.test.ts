import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManagementServer } from '../../telemetry/management-server.ts';
import { StaticSite } from '../../telemetry/static-site.ts';

let folder: string;
let server: ManagementServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'braid-site-'));
  mkdirSync(join(folder, 'dist/assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.html'), 'not of the site');
  const site = new StaticSite({ base: '/console', redirects: ['/webui', '/webui/'], folder: join(folder, 'dist') });
  const options = { host: '127.0.0.1', port: 0, registry: new Registry(), unhealthy: () => [], pages: new Map(), site };
  server = await ManagementServer.listen(options);
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

function build(): void {
  writeFileSync(join(folder, 'dist/index.html'), '<!doctype html><title>Braid</title>');
  writeFileSync(join(folder, 'dist/assets/index-1a2b.js'), 'export {};');
  writeFileSync(join(folder, 'dist/.sources'), 'a stamp');
  writeFileSync(join(folder, 'dist/notes.txt'), 'not served');
}

/** Paths are sent as they are: `fetch` would resolve the dots. */
function get(path: string): Promise<{ readonly status: number; readonly headers: object; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: server.port, path }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
    });
    asked.on('error', reject).end();
  });
}

test('the page is asked for anew each time, files with a hash in their name are kept for good', async () => {
  build();
  expect(await get('/console/')).toMatchObject({
    status: 200,
    text: expect.stringContaining('<title>Braid'),
    headers: { 'cache-control': 'no-cache', 'content-type': 'text/html; charset=utf-8' },
  });
  expect(await get('/console/assets/index-1a2b.js')).toMatchObject({
    status: 200,
    headers: {
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
    },
  });
});

test('files are compressed for who can read that', async () => {
  build();
  const address = `http://127.0.0.1:${server.port}/console/`;
  const compressed = await fetch(address, { headers: { 'accept-encoding': 'br, gzip' } });
  expect(compressed.headers.get('content-encoding')).toBe('gzip');
  expect(await compressed.text()).toBe('<!doctype html><title>Braid</title>');
  expect((await get('/console/')).headers).not.toHaveProperty('content-encoding');
  expect(compressed.headers.get('vary')).toBe('accept-encoding');
});

test('a policy keeps everything of other origins out, and pages of others from framing it', async () => {
  build();
  const { headers } = await get('/console/');
  const policy = (headers as Record<string, string>)['content-security-policy']!;
  for (const rule of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]) {
    expect(policy.split('; ')).toContain(rule);
  }
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
});

test.each(['/console', '/webui', '/webui/'])('%s leads to the console', async (path) => {
  expect(await get(path)).toMatchObject({ status: 302, headers: { location: '/console/' } });
});

test.each([
  '/console/../secret.html',
  '/console/%2e%2e/secret.html',
  '/console/..%2fsecret.html',
  '/console/assets/../../../secret.html',
  '/console//etc/passwd',
  '/console/.sources',
  '/console/notes.txt',
  '/console/assets',
  '/consoles/',
])('%s is nothing of the site', async (path) => {
  build();
  const { status, text } = await get(path);
  expect(status).toBe(404);
  expect(text).not.toContain('not of the site');
});

test('a site that is built after the start is found', async () => {
  expect((await get('/console/')).status).toBe(404);
  build();
  expect((await get('/console/')).status).toBe(200);
});
