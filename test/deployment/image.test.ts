import { ConsistencyLevelEnum } from '@zilliz/milvus2-sdk-node';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { connected } from '../e2e/deployments.ts';
import { createProvenCollection, must } from '../e2e/proven-collection.ts';
import { provenRow } from '../e2e/row-model.ts';
import { Containers, imageToTest, podman } from './podman.ts';

const PATIENCE = { timeout: 120_000, interval: 200 };
const LIMIT_MS = 300_000;
const KEY = 7;
/** What the Dockerfile puts upon its base image. */
const OWN_BYTES_MAX = 130e6;
/** Of the container as Kubernetes and docker-compose.yml start it. */
const LOCKED = ['--read-only', '--tmpfs', '/tmp', '--cap-drop', 'all', '--security-opt', 'no-new-privileges'];

const image = imageToTest();

describe.skipIf(image === '')('the image', () => {
  const containers = new Containers();

  afterAll(() => containers[Symbol.asyncDispose](), LIMIT_MS);

  const inImage = (script: string) =>
    podman('run', '--rm', '--network', 'none', '--entrypoint', 'sh', image, '-c', script);

  test('says who runs what, on which ports, and how it is', { timeout: LIMIT_MS }, async () => {
    const [{ Config, Healthcheck }] = JSON.parse(await podman('image', 'inspect', image));
    expect(Config).toMatchObject({
      User: 'node',
      StopSignal: 'SIGTERM',
      Entrypoint: ['node', '/opt/braid/cli/braid.mjs'],
      Cmd: ['start'],
    });
    expect(Object.keys(Config.ExposedPorts).sort()).toEqual(['19530/tcp', '19540/tcp', '9091/tcp']);
    expect(Object.keys(Config.Volumes)).toEqual(['/var/lib/braid']);
    expect(Healthcheck.Test[0]).toBe('CMD');
  });

  test('has nothing that does not run: sources of the addon, compiler, types, maps, manuals, tests; but licences', {
    timeout: LIMIT_MS,
  }, async () => {
    const needless = String.raw`find /opt/braid/node_modules -regextype posix-extended -iregex '.*\.(map|[cm]?ts|md)' ! -iname 'licen*' ! -iname 'notice*'`;
    expect(
      await inImage(`${needless}; ls -d /opt/braid/native/src /opt/braid/test 2>/dev/null; command -v c++; true`),
    ).toBe('');
    expect(Number(await inImage("find /opt/braid/node_modules -iname 'licen*' | wc -l"))).toBeGreaterThan(100);
    const layers = JSON.parse(await podman('history', '--format', 'json', image)) as {
      size: number;
      CreatedBy: string;
    }[];
    const own = layers.find(({ CreatedBy }) => CreatedBy.includes('/opt/braid'));
    expect(own?.size).toBeLessThan(OWN_BYTES_MAX);
  });

  test('runs locked up, is healthy, keeps rows in its volume, and ends at SIGTERM', { timeout: LIMIT_MS }, async () => {
    const volume = ['--volume', `${containers.of('data')}:/var/lib/braid`];
    const start = async (name: string) => {
      await containers.run(name, ...LOCKED, ...volume, '--publish', '127.0.0.1::19530', image);
      await vi.waitFor(async () => expect(await containers.isHealthy(name)).toBe(true), PATIENCE);
      return connected(await containers.publishedAt(name, 19_530));
    };
    const first = await start('first');
    expect(await containers.exec('first', 'id', '-un')).toBe('node');
    expect(await containers.exec('first', 'cat', '/proc/1/comm')).toMatch(/^(node|MainThread)$/);
    await expect(containers.exec('first', 'touch', '/opt/braid/x')).rejects.toThrow('Read-only file system');
    await createProvenCollection(first, 'kept');
    must((await first.insert({ collection_name: 'kept', data: [{ ...provenRow(KEY, 1) }] })).status);
    await first.closeConnection();
    expect(await containers.stop('first')).toBe(0);
    expect(await containers.log('first')).toContain('"message":"stopped"');

    const second = await start('second');
    const found = await second.search({
      collection_name: 'kept',
      data: provenRow(KEY, 1).vector,
      limit: 1,
      output_fields: ['key'],
      consistency_level: ConsistencyLevelEnum.Strong,
    });
    expect(found.results.map((hit) => Number(hit['key']))).toEqual([KEY]);
    await second.closeConnection();
    expect(await containers.stop('second')).toBe(0);
  });

  test('a bad setting ends it with one line', { timeout: LIMIT_MS }, async () => {
    await expect(podman('run', '--rm', '--env', 'BRAID_ROUTER_PORT=http', image)).rejects.toThrow(
      'BRAID_ROUTER_PORT: router.port is "http"',
    );
  });
});
