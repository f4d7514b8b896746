import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../config/load-config.ts';
import { HOME } from '../house/sources.ts';
import { helm, type KubernetesObject, kubernetesObjects, missingHelm, renderChart } from '../servers/helm.ts';
import { KubeApiserver, missingKubeApiserver } from '../servers/kube-apiserver.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { adapterRules } from './adapter-rules.ts';

const CHART = join(HOME, 'charts/braid');
const NAMESPACE = 'vectors';
const LIMIT_MS = 150_000;

const VALUES: Readonly<Record<string, object>> = {
  'the default values': {},
  'all that can be switched on': {
    'writer.standby': true,
    'reader.autoscaling.enabled': true,
    'router.autoscaling.enabled': true,
    'service.type': 'LoadBalancer',
    'service.annotations': { 'service.beta.kubernetes.io/aws-load-balancer-type': 'external' },
    'image.pullSecrets': [{ name: 'registry' }],
    'reader.nodeSelector': { disk: 'nvme' },
    'reader.tolerations': [{ key: 'dedicated', operator: 'Exists' }],
    'sharedFolder.storageClassName': 'efs',
    extraEnvironment: [{ name: 'BRAID_TELEMETRY_LOG_LEVEL', value: 'debug' }],
    extraEnvironmentFrom: [{ secretRef: { name: 'braid-secrets' } }],
    extraVolumes: [{ name: 'tls', secret: { secretName: 'braid-tls' } }],
    extraVolumeMounts: [{ name: 'tls', mountPath: '/etc/braid-tls', readOnly: true }],
  },
  'segments in S3, the shared folder for the log of two writers': {
    'writer.standby': true,
    'settings.storage': { use: 's3', with: { bucket: 'vectors', region: 'eu-central-1' } },
    'serviceAccount.annotations': { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/braid' },
  },
  'all that can be switched off, no readers': {
    'reader.replicas': 0,
    'sharedFolder.existingClaim': 'there',
    'zones.spread': false,
    'zones.podLabel': '',
    'disruptionBudgets.enabled': false,
    'networkPolicy.enabled': false,
    'metadataPassword.secretName': '',
    podAnnotations: {},
  },
};

describe.runIf(mayRunWith('Helm', missingHelm()))('the chart', () => {
  test('has nothing that helm lint objects to', () => {
    expect(helm('lint', '--strict', CHART)).toContain('1 chart(s) linted, 0 chart(s) failed');
    expect(() => helm('lint', CHART, '--set', 'router.replica=3')).toThrow();
  });

  test('docker/kubernetes/braid.yaml is what it gives with its default values', async () => {
    await expect(renderChart(CHART, 'braid')).toMatchFileSnapshot(join(HOME, 'docker/kubernetes/braid.yaml'));
  });

  test.for([
    { value: { 'reader.replicas': -1 }, message: '/reader/replicas' },
    { value: { 'reader.replica': 1 }, message: "'replica' not allowed" },
    { value: { 'settings.discovery': { use: 'static' } }, message: '/settings' },
    { value: { 'sharedFolder.enabled': false, 'writer.standby': true }, message: 'writer.standby needs a log' },
  ])('refuses $value', ({ value, message }) => {
    expect(() => renderChart(CHART, 'braid', value)).toThrow(message);
  });

  test('scales on metrics that the rules of the adapter offer', async () => {
    const objects = kubernetesObjects(renderChart(CHART, 'braid', VALUES['all that can be switched on']));
    const scalers = objects.filter(({ kind }) => kind === 'HorizontalPodAutoscaler');
    const wanted = scalers.flatMap(({ spec }) =>
      (spec as { metrics: { pods: { metric: { name: string } } }[] }).metrics.map(({ pods }) => pods.metric.name),
    );
    expect(new Set(wanted)).toEqual(new Set((await adapterRules()).map(({ name }) => name.as)));
  });

  test('a log in Kafka is that and nothing else, with a writer that stands by', () => {
    const log = { use: 'kafka', with: { brokers: ['b-1:9096', 'b-2:9096'], tls: {}, username: 'braid' } };
    const objects = kubernetesObjects(renderChart(CHART, 'braid', { 'settings.log': log, 'writer.standby': true }));
    const settings = objects.find(({ kind }) => kind === 'ConfigMap') as KubernetesObject & {
      readonly data: Readonly<Record<string, string>>;
    };
    expect((parse(settings.data['braid.yaml']!) as { readonly log: unknown }).log).toEqual(log);
  });

  test('allows what the manual says that discovery needs', async () => {
    const [manual] = (await readFile(join(HOME, 'docs/kubernetes.md'), 'utf8')).split('```yaml\n')[1]!.split('```');
    const rulesOf = (text: string) => kubernetesObjects(text).find(({ kind }) => kind === 'Role')?.['rules'];
    expect(rulesOf(renderChart(CHART, 'braid'))).toEqual(rulesOf(manual!));
  });

  test.for(Object.entries(VALUES))(
    'gives settings that Braid takes, and nodes that find each other: %s',
    async ([, values]) => {
      const objects = kubernetesObjects(renderChart(CHART, 'my', values));
      const folder = await mkdtemp(join(tmpdir(), 'braid-chart-'));
      const file = join(folder, 'braid.yaml');
      await writeFile(file, (one(objects, 'ConfigMap')['data'] as Record<string, string>)['braid.yaml']!);
      for (const object of objects.filter(({ kind }) => kind === 'StatefulSet' || kind === 'Deployment')) {
        const { env } = containerOf(object);
        const environment = Object.fromEntries(
          env.map(({ name, value }) => [name, value?.replace('$(POD_IP)', '10.0.0.1') ?? 'x']),
        );
        const config = await loadConfig({ file, environment });
        expect(config.discovery.use).toBe('kubernetes');
        if (config.storage.use === 's3') expect(config.storage.with).not.toHaveProperty('path');
        for (const selector of ['readers', 'writers']) {
          const service = String(config.discovery.with[selector]).replace('kubernetes.io/service-name=', '');
          expect(objects.filter(({ kind, metadata }) => kind === 'Service' && metadata.name === service)).toHaveLength(
            1,
          );
        }
      }
      await rm(folder, { recursive: true });
    },
  );

  describe.runIf(mayRunWith('kube-apiserver', missingKubeApiserver()))('at an API server', () => {
    let server: KubeApiserver;
    let paths: ReadonlyMap<string, string>;

    beforeAll(async () => {
      server = await KubeApiserver.start();
      await server.call('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
      paths = await resourcePaths(server);
    }, LIMIT_MS);

    afterAll(() => server?.[Symbol.asyncDispose]());

    async function tryObject(object: KubernetesObject): Promise<void> {
      const path = paths.get(`${object.apiVersion} ${object.kind}`);
      if (path === undefined) throw new Error(`the server knows no ${object.apiVersion} ${object.kind}`);
      await server.call('POST', `${path}?dryRun=All&fieldValidation=Strict`, object);
    }

    test.for(Object.entries(VALUES))('every object is accepted: %s', async ([, values]) => {
      const objects = kubernetesObjects(renderChart(CHART, 'my', values));
      for (const object of objects) await tryObject(object);
      expect(objects.length).toBeGreaterThan(8);
    });

    test('an object with a field that is not known is not', async () => {
      const service = one(kubernetesObjects(renderChart(CHART, 'my')), 'Deployment');
      await expect(tryObject({ ...service, spec: { ...(service['spec'] as object), replica: 1 } })).rejects.toThrow(
        'unknown field \\"spec.replica\\"',
      );
    });
  });
});

function one(objects: readonly KubernetesObject[], wanted: string): KubernetesObject {
  return objects.find(({ kind }) => kind === wanted)!;
}

interface Container {
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}

function containerOf(object: KubernetesObject): Container {
  const { template } = object['spec'] as { template: { spec: { containers: Container[] } } };
  return template.spec.containers[0]!;
}

/** "apps/v1 Deployment" -> where such objects of the namespace are. */
async function resourcePaths(server: KubeApiserver): Promise<ReadonlyMap<string, string>> {
  const groups = [
    'v1',
    'apps/v1',
    'autoscaling/v2',
    'networking.k8s.io/v1',
    'policy/v1',
    'rbac.authorization.k8s.io/v1',
  ];
  const paths = new Map<string, string>();
  for (const group of groups) {
    const root = group === 'v1' ? '/api/v1' : `/apis/${group}`;
    const { resources } = await server.call<{ resources: { name: string; kind: string }[] }>('GET', root);
    for (const { name, kind } of resources) {
      if (!name.includes('/')) paths.set(`${group} ${kind}`, `${root}/namespaces/${NAMESPACE}/${name}`);
    }
  }
  return paths;
}
