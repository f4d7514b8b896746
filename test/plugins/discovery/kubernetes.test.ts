import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiscoveryV1Api, KubeConfig, Watch } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadKubeConfig, namespaceOf } from '../../../plugins/discovery/kubernetes/kube-config.ts';
import { SliceList } from '../../../plugins/discovery/kubernetes/slice-list.ts';
import { openPlugin } from '../../../plugins/open-plugin.ts';
import type { PluginLogger } from '../../../plugins/plugin.ts';
import { discoveryContract, firstList, RecordedLog, WatchedLists } from '../../contract/discovery-contract.ts';
import { KubeApiserver, missingKubeApiserver } from '../../servers/kube-apiserver.ts';
import { mayRunWith } from '../../servers/required-server.ts';
import { silentHost } from '../test-host.ts';
import { endpoint, Namespace, TERMINATING, UNREADY } from './kubernetes/endpoint-slices.ts';

const ADMIN = 'admin-token';
const LIMIT_MS = 90_000;

describe.runIf(mayRunWith('kube-apiserver', missingKubeApiserver()))('Kubernetes', { timeout: LIMIT_MS }, () => {
  let server: KubeApiserver;
  let namespace: Namespace;
  let count = 0;

  beforeAll(async () => {
    server = await KubeApiserver.start({
      'nobody-token': 'nobody,nobody',
      'old-token': 'operator,operator,"system:masters"',
    });
  }, 150_000);

  afterAll(() => server?.[Symbol.asyncDispose]());

  beforeEach(async () => {
    namespace = await Namespace.create(server, `braid-${++count}`);
  });

  afterEach(() => vi.unstubAllEnvs());

  const open = async (options: object = {}, logger: PluginLogger = new RecordedLog(), token = ADMIN) => {
    const kubeconfig = await server.writeKubeconfig(token, token, namespace.name);
    const choice = { use: 'kubernetes', with: { kubeconfig, ...options } };
    return openPlugin('discovery', choice, { ...silentHost(), logger });
  };

  discoveryContract('the discovery of Kubernetes', async () => ({
    open: (logger) => open({}, logger),
    show: (addresses) =>
      namespace.put(
        'readers',
        addresses.map((address) => endpoint(address.split(':')[0]!)),
        { port: { name: 'node', port: Number(addresses[0]?.split(':')[1] ?? 1) } },
      ),
    stop: () => server.kill(),
    start: async () => {
      await server.startAgain({ empty: true });
      await namespace.createAgain();
    },
    [Symbol.asyncDispose]: async () => {},
  }));

  test('roles, zone, weight and labels; only ready endpoints; a pod in two slices is one member', async () => {
    const labels = { 'braid/weight': '2.5', 'braid/disk': 'nvme', app: 'braid' };
    const readers = [
      endpoint('10.0.0.1', 'reader-0', { zone: 'west' }),
      endpoint('10.0.0.2', 'reader-1', UNREADY),
      endpoint('10.0.0.3', 'reader-2', TERMINATING),
    ];
    await namespace.put('readers-1', readers, { labels });
    await namespace.put('readers-2', [endpoint('fd00::1', 'reader-0'), endpoint('fd00::4', 'reader-3')], {
      addressType: 'IPv6',
    });
    await namespace.put('writers', [endpoint('10.0.1.1')], { service: 'braid-writer' });
    await namespace.put('others', [endpoint('10.0.9.9')], { service: 'database' });
    await using discovery = await open();
    expect(await firstList(discovery)).toEqual([
      { nodeId: '10.0.1.1:19540', address: '10.0.1.1:19540', roles: ['writer'] },
      {
        nodeId: 'reader-0',
        address: '10.0.0.1:19540',
        roles: ['reader'],
        zone: 'west',
        weight: 2.5,
        labels: { disk: 'nvme' },
      },
      { nodeId: 'reader-3', address: '[fd00::4]:19540', roles: ['reader'] },
    ]);
  });

  test('the last pods of a role, which terminate but serve, are kept until others are ready', async () => {
    await namespace.put('writers', [endpoint('10.0.1.1', 'writer-0')], { service: 'braid-writer' });
    await using discovery = await open();
    await using watched = new WatchedLists(discovery);
    await watched.until((list) => list.length === 1);
    await namespace.put('writers', [endpoint('10.0.1.1', 'writer-0', TERMINATING), endpoint('10.0.1.2', 'writer-1')], {
      service: 'braid-writer',
    });
    await watched.until((list) => list.length === 1 && list[0]!.nodeId === 'writer-1');
    await namespace.put('writers', [endpoint('10.0.1.2', 'writer-1', TERMINATING)], { service: 'braid-writer' });
    await namespace.put('readers', [endpoint('10.0.0.1', 'reader-0')]);
    await watched.until((list) => list.length === 2);
    expect(watched.lists.every((list) => list.some(({ roles }) => roles.includes('writer')))).toBe(true);
  });

  test('200 members in more slices than one page holds come and go', async () => {
    const slices = Array.from({ length: 110 }, (_, slice) => slice);
    const put = (slice: number) =>
      namespace.put(`readers-${slice}`, [endpoint(`10.1.${slice}.1`), endpoint(`10.1.${slice}.2`)]);
    await Promise.all(slices.map(put));
    await using discovery = await open();
    await using watched = new WatchedLists(discovery);
    expect(await watched.until(() => true)).toHaveLength(220);
    await Promise.all(slices.slice(0, 50).map((slice) => namespace.remove(`readers-${slice}`)));
    await watched.until((list) => list.length === 120);
  });

  test('a slice without the port and a weight that is none cost nobody else, and are warned of once', async () => {
    const log = new RecordedLog();
    await namespace.put('strange', [endpoint('10.0.0.9')], { port: { name: 'http', port: 80 } });
    await namespace.put('heavy', [endpoint('10.0.0.1', 'reader-0')], { labels: { 'braid/weight': 'heavy' } });
    await using discovery = await open({}, log);
    await using watched = new WatchedLists(discovery);
    await watched.until((list) => list.length === 1);
    await namespace.put('more', [endpoint('10.0.0.2', 'reader-1')]);
    expect(await watched.until((list) => list.length === 2)).toContainEqual({
      nodeId: 'reader-0',
      address: '10.0.0.1:19540',
      roles: ['reader'],
    });
    expect(log.warnings).toHaveLength(2);
  });

  test('as a service account inside of the cluster, with the rights of the manual', async () => {
    const token = await namespace.allowAsInManual();
    await namespace.put('readers', [endpoint('10.0.0.1', 'reader-0')]);
    const root = await mkdtemp(join(tmpdir(), 'braid-pod-'));
    const folder = join(root, 'var/run/secrets/kubernetes.io/serviceaccount');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'token'), token);
    await writeFile(join(folder, 'namespace'), namespace.name);
    await writeFile(join(folder, 'ca.crt'), await readFile(server.caFile));
    vi.stubEnv('KUBERNETES_SERVICE_HOST', '127.0.0.1');
    vi.stubEnv('KUBERNETES_SERVICE_PORT', String(server.port));
    const config = loadKubeConfig(new KubeConfig(), {}, root);
    expect(namespaceOf(config)).toBe(namespace.name);
    const names: string[] = [];
    await sliceList(config, (slices) => names.push(...slices)).list(new AbortController().signal);
    expect(names).toEqual(['readers']);
    await rm(root, { recursive: true });
  });

  test.each([
    ['nobody-token', {}, /list endpointslices in namespace "braid-\d+".*Role with the rule \{apiGroups/],
    ['wrong-token', {}, /does not know who wants to list endpointslices/],
    [ADMIN, { readers: 'a in b in c' }, /refuses to list .* with the selector "a in b in c"/],
    [ADMIN, { context: 'other' }, /no cluster for the context "other" \(it has: test\)/],
    [ADMIN, { kubeconfig: '/nowhere' }, /kubeconfig cannot be read: .*\/nowhere/],
    [ADMIN, { namespace: '' }, /discovery\.with\.namespace/],
  ])('%s with %j: refused in one line', async (token, options, message) => {
    await expect(open(options, undefined, token)).rejects.toThrow(message);
  });

  test('a watch that the server ended goes on where it was, without another list', async () => {
    const lists: string[][] = [];
    const list = sliceList(await adminConfig(), (slices) => lists.push([...slices]));
    const { signal } = new AbortController();
    await list.follow(signal);
    await namespace.put('late', [endpoint('10.0.0.1')]);
    const read = vi.spyOn(DiscoveryV1Api.prototype, 'listNamespacedEndpointSlice');
    await list.follow(signal);
    expect(read).not.toHaveBeenCalled();
    read.mockRestore();
    expect(lists).toEqual([[], ['late']]);
  });

  test('when the changes since are forgotten (410) the list is read anew', async () => {
    const lists: string[][] = [];
    const list = sliceList(await adminConfig(), (slices) => lists.push([...slices]));
    const { signal } = new AbortController();
    await list.follow(signal);
    await namespace.put('late', [endpoint('10.0.0.1')]);
    await namespace.put('later', [endpoint('10.0.0.2')]);
    await namespace.remove('late');
    await server.restart();
    const read = vi.spyOn(DiscoveryV1Api.prototype, 'listNamespacedEndpointSlice');
    await list.follow(signal);
    if (lists.length === 1) await list.follow(signal);
    expect(read).toHaveBeenCalledOnce();
    read.mockRestore();
    expect(lists).toEqual([[], ['later']]);
  });

  test('a kubeconfig whose token was exchanged is read again', async () => {
    await namespace.put('readers', [endpoint('10.0.0.1', 'reader-0')]);
    const kubeconfig = await server.writeKubeconfig('rotated', 'old-token', namespace.name);
    const causes: string[] = [];
    const warn = (fields: { readonly err?: Error }): number => causes.push(String(fields.err?.message));
    await using discovery = await open({ kubeconfig }, { ...silentHost().logger, warn });
    await using watched = new WatchedLists(discovery);
    await watched.until((list) => list.length === 1);
    server.exchangeToken('old-token', 'new-token');
    await server.restart();
    await vi.waitFor(() => expect(causes.join()).toContain('does not know who wants to'), LIMIT_MS);
    await server.writeKubeconfig('rotated', 'new-token', namespace.name);
    await namespace.put('more', [endpoint('10.0.0.2', 'reader-1')]);
    await watched.until((list) => list.length === 2);
  });

  const adminConfig = async () =>
    loadKubeConfig(new KubeConfig(), { kubeconfig: await server.writeKubeconfig(ADMIN, ADMIN, namespace.name) });

  const sliceList = (config: KubeConfig, onNames: (names: string[]) => void): SliceList =>
    new SliceList({
      library: { DiscoveryV1Api, KubeConfig, Watch },
      config: () => config,
      namespace: namespace.name,
      selector: 'kubernetes.io/service-name=braid-reader',
      onSlices: (slices) => onNames(Array.from(slices, ({ metadata }) => metadata!.name!)),
    });
});
