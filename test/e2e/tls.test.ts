import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, Processes } from '../../examples/debian-packages/processes.ts';
import { missingOpenssl } from '../servers/certificates.ts';
import { missingPymilvus, runPython } from '../servers/pymilvus.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { CommandRunner } from './command-runner.ts';

const START_TIMEOUT_MS = 120_000;
const SCRIPT = fileURLToPath(new URL('pymilvus_tls.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'braid-tls-'));
const file = (name: string): string => join(folder, name);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
}

/** An authority, and certificates of it. */
function makeAuthority(name: string): void {
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.pem`,
  );
}

function makeCertificate(name: string, authority: string): void {
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    `/CN=${name}`,
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
  );
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    `${authority}.pem`,
    '-CAkey',
    `${authority}.key`,
    '-CAcreateserial',
    '-days',
    '2',
    '-copy_extensions',
    'copy',
    '-out',
    `${name}.pem`,
  );
}

interface Started {
  readonly port: number;
  readonly processes: Processes;
}

async function start(tls: object): Promise<Started> {
  const processes = new Processes();
  const port = await freePort();
  const dataFolder = join(processes.folder, 'data');
  await processes.start('braid', 'all', { dataFolder, router: { port }, security: { tls } });
  return { port, processes };
}

/** What openssl would call the subject of the server's certificate; rejects where there is no handshake. */
function subjectAt(port: number, options: object = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false, ...options });
    socket.once('secureConnect', () => {
      resolve(`${socket.getPeerCertificate().subject.CN}`);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

/** POST over TLS as curl does it, which offers HTTP/2 and HTTP/1.1. */
async function curl(port: number, ...options: string[]): Promise<unknown> {
  const url = `https://localhost:${port}/v2/vectordb/collections/list`;
  const args = [
    '--silent',
    '--show-error',
    '--fail',
    '--cacert',
    file('authority.pem'),
    ...options,
    '--data',
    '{}',
    url,
  ];
  return JSON.parse(execFileSync('curl', args, { encoding: 'utf8', stdio: 'pipe' }));
}

async function nodeSdk(port: number, tls: object): Promise<string> {
  const options = { address: `localhost:${port}`, ssl: true, tls, logLevel: 'error' as const };
  const client = new MilvusClient(options);
  try {
    await client.connectPromise;
    return String((await client.listCollections()).status.error_code);
  } finally {
    await client.closeConnection();
  }
}

const mayRun = mayRunWith('openssl', missingOpenssl());

beforeAll(() => {
  if (!mayRun) return;
  makeAuthority('authority');
  makeAuthority('stranger');
  makeCertificate('server', 'authority');
  makeCertificate('renewed', 'authority');
  makeCertificate('client', 'authority');
  makeCertificate('forger', 'stranger');
}, START_TIMEOUT_MS);

describe.runIf(mayRun)('one-way TLS', () => {
  let braid: Started;

  beforeAll(async () => {
    for (const kind of ['pem', 'key']) copyFileSync(file(`server.${kind}`), file(`current.${kind}`));
    braid = await start({ mode: 'one-way', certificateFile: file('current.pem'), keyFile: file('current.key') });
  }, START_TIMEOUT_MS);

  afterAll(() => braid?.processes[Symbol.asyncDispose]());

  test('the Node SDK and curl are served, on one port', async () => {
    expect(await nodeSdk(braid.port, { rootCertPath: file('authority.pem') })).toBe('Success');
    expect(await curl(braid.port)).toEqual({ code: 0, data: [] });
  });

  test('the command is served where it knows the authority', async () => {
    using runner = new CommandRunner();
    const args = ['collections', '--json', '--address', `https://localhost:${braid.port}`];
    const known = await runner.run(args, { NODE_EXTRA_CA_CERTS: file('authority.pem') });
    expect([known.errors, JSON.parse(known.output)]).toEqual(['', []]);
    expect((await runner.run(args)).exitCode).toBe(1);
    const bench = ['bench', 'nowhere', '--grpc', '--requests', '1', ...args.slice(2)];
    expect((await runner.run(bench, { NODE_EXTRA_CA_CERTS: file('authority.pem') })).errors).toMatch(/nowhere/);
  });

  test('who does not know the authority, or speaks no TLS, is not', async () => {
    await expect(nodeSdk(braid.port, { rootCertPath: file('stranger.pem') })).rejects.toThrow();
    await expect(
      fetch(`http://127.0.0.1:${braid.port}/v2/vectordb/collections/list`, { method: 'POST' }),
    ).rejects.toThrow();
    await expect(subjectAt(braid.port, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow();
  });

  test.runIf(mayRunWith('pymilvus', missingPymilvus()))('pymilvus is served', async () => {
    const output = await runPython(SCRIPT, [`https://localhost:${braid.port}`, file('authority.pem')]);
    expect(output.trim().split('\n').at(-1)).toBe('done');
  });

  test('a certificate that changes is served from then on, one that is no good changes nothing', async () => {
    expect(await subjectAt(braid.port)).toBe('server');
    for (const kind of ['key', 'pem']) {
      copyFileSync(file(`renewed.${kind}`), file(`next.${kind}`));
      renameSync(file(`next.${kind}`), file(`current.${kind}`));
    }
    await expect.poll(() => subjectAt(braid.port), { timeout: 30_000 }).toBe('renewed');
    expect(await nodeSdk(braid.port, { rootCertPath: file('authority.pem') })).toBe('Success');
  }, 60_000);
});

describe.runIf(mayRun)('mutual TLS', () => {
  let braid: Started;

  beforeAll(async () => {
    braid = await start({
      mode: 'mutual',
      certificateFile: file('server.pem'),
      keyFile: file('server.key'),
      clientAuthorityFile: file('authority.pem'),
    });
  }, START_TIMEOUT_MS);

  afterAll(() => braid?.processes[Symbol.asyncDispose]());

  test('clients with a certificate of the authority are served, others are not', async () => {
    const rootCertPath = file('authority.pem');
    const as = (name: string) => ({
      rootCertPath,
      certChainPath: file(`${name}.pem`),
      privateKeyPath: file(`${name}.key`),
    });
    expect(await nodeSdk(braid.port, as('client'))).toBe('Success');
    await expect(nodeSdk(braid.port, as('forger'))).rejects.toThrow();
    await expect(nodeSdk(braid.port, { rootCertPath })).rejects.toThrow();
    expect(await curl(braid.port, '--cert', file('client.pem'), '--key', file('client.key'))).toMatchObject({
      code: 0,
    });
    await expect(curl(braid.port)).rejects.toThrow();
  });
});

test.runIf(mayRun)(
  'files that are missing, or do not fit, stop the start with a line that names them',
  () => {
    const refusal = (tls: Readonly<Record<string, string>>): string => {
      const variables = Object.entries(tls).map(([name, value]) => [`BRAID_SECURITY_TLS_${name}`, value]);
      const entry = fileURLToPath(new URL('../../cli/braid.mjs', import.meta.url));
      try {
        const env = {
          ...process.env,
          BRAID_DATA_FOLDER: file('refused'),
          BRAID_MANAGEMENT_PORT: '0',
          BRAID_ROUTER_PORT: '0',
        };
        execFileSync(process.execPath, [entry, 'start'], {
          env: { ...env, ...Object.fromEntries(variables) },
          stdio: 'pipe',
          timeout: 60_000,
        });
        return 'it started';
      } catch (error) {
        return String((error as { stderr: Buffer }).stderr);
      }
    };
    expect(refusal({ MODE: 'one-way' })).toContain('security.tls.certificateFile must name a file');
    const missing = { MODE: 'one-way', CERTIFICATE_FILE: file('nothing.pem'), KEY_FILE: file('server.key') };
    expect(refusal(missing)).toContain('nothing.pem cannot be read');
    const foreign = { MODE: 'one-way', CERTIFICATE_FILE: file('server.pem'), KEY_FILE: file('client.key') };
    expect(refusal(foreign)).toContain('certificate and key do not fit');
  },
  180_000,
);

test.runIf(mayRun)(
  'the management port speaks it, too, where that is set',
  async () => {
    const processes = new Processes();
    const port = await freePort();
    const tls = { mode: 'one-way', management: true, certificateFile: file('server.pem'), keyFile: file('server.key') };
    const braid = await processes.launch('braid', 'all', {
      dataFolder: join(processes.folder, 'data'),
      router: { port },
      security: { tls },
    });
    await using _ = processes;
    const healthz = async (): Promise<string> => {
      const options = { port: braid.managementPort, host: 'localhost', path: '/healthz', rejectUnauthorized: false };
      return new Promise((resolve) => {
        request(options, (response) => resolve(text(response)))
          .once('error', ({ message }) => resolve(message))
          .end();
      });
    };
    await expect.poll(healthz, { timeout: START_TIMEOUT_MS, interval: 200 }).toBe('OK');
  },
  START_TIMEOUT_MS,
);
