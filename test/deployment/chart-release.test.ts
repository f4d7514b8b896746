import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOME } from '../house/sources.ts';
import { chartValues, helm, type KubernetesObject, missingHelm } from '../servers/helm.ts';
import { KubeApiserver, missingKubeApiserver } from '../servers/kube-apiserver.ts';
import { mayRunWith } from '../servers/required-server.ts';

const CHART = join(HOME, 'charts/braid');
const NAMESPACE = 'vectors';
const LIMIT_MS = 150_000;
const missing = missingHelm() ?? missingKubeApiserver();

/** Objects are stored and checked by a real API server; no pod runs. */
describe.runIf(mayRunWith('Helm and kube-apiserver', missing))('a release of the chart', () => {
  let server: KubeApiserver;
  let kubeconfig: string;

  beforeAll(async () => {
    server = await KubeApiserver.start({ 'installer-token': 'installer,installer,"system:masters"' });
    kubeconfig = await server.writeKubeconfig('installer', 'installer-token', NAMESPACE);
  }, LIMIT_MS);

  afterAll(() => server?.[Symbol.asyncDispose]());

  const release = (verb: string, values: object = {}) =>
    helm(verb, 'my', CHART, '--namespace', NAMESPACE, '--kubeconfig', kubeconfig, ...chartValues(values));

  async function find(path: string): Promise<KubernetesObject & { readonly spec: { readonly replicas?: number } }> {
    return server.call('GET', path.replace('NAMESPACE', `namespaces/${NAMESPACE}`));
  }
  const readers = async () => (await find('/apis/apps/v1/NAMESPACE/statefulsets/my-braid-reader')).spec.replicas;

  test('is installed, and says what to do next', { timeout: LIMIT_MS }, async () => {
    await server.call('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
    const notes = release('install');
    expect(notes).toContain('2 routers, a writer, 3 readers');
    expect(notes).toContain('kubectl --namespace vectors create secret generic braid-metadata');
    expect(notes).toContain('my-braid.vectors:19530');
    expect(await readers()).toBe(3);
  });

  test('is upgraded: other numbers, other settings', { timeout: LIMIT_MS }, async () => {
    const settingsOf = async () => (await find('/api/v1/NAMESPACE/configmaps/my-braid'))['data'];
    release('upgrade', { 'reader.replicas': 5, 'settings.writer': { leaseTtlMs: '60s' } });
    expect(await readers()).toBe(5);
    expect(JSON.stringify(await settingsOf())).toContain('leaseTtlMs: 60s');
  });

  test('keeps its readers when an autoscaler takes over', { timeout: LIMIT_MS }, async () => {
    release('upgrade', { 'reader.autoscaling.enabled': true });
    expect(await readers()).toBe(5);
    const scaler = await find('/apis/autoscaling/v2/NAMESPACE/horizontalpodautoscalers/my-braid-reader');
    expect(scaler.spec).toMatchObject({ minReplicas: 2, maxReplicas: 12 });
  });

  test('may have no readers at all, and says so; the data stay', { timeout: LIMIT_MS }, async () => {
    expect(release('upgrade', { 'reader.replicas': 0 })).toContain('There are no readers');
    expect(await readers()).toBe(0);
    await find('/api/v1/NAMESPACE/persistentvolumeclaims/my-braid-shared');
  });

  test('refuses a typing error, and a standby after the first install', { timeout: LIMIT_MS }, async () => {
    expect(() => release('upgrade', { 'reader.replica': 1 })).toThrow("'replica' not allowed");
    expect(() => release('upgrade', { 'writer.standby': true })).toThrow('updates to statefulset spec');
  });

  test('leaves the shared folder when it is removed', { timeout: LIMIT_MS }, async () => {
    helm('uninstall', 'my', '--namespace', NAMESPACE, '--kubeconfig', kubeconfig);
    await expect(find('/apis/apps/v1/NAMESPACE/deployments/my-braid-router')).rejects.toThrow('not found');
    await find('/api/v1/NAMESPACE/persistentvolumeclaims/my-braid-shared');
  });
});
