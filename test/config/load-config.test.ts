import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, expectTypeOf, test } from 'vitest';
import { parse } from 'yaml';
import { type Config, createConfig } from '../../config/config.ts';
import { describeConfig } from '../../config/describe-config.ts';
import { exampleConfig } from '../../config/example-config.ts';
import { loadConfig } from '../../config/load-config.ts';
import { loadNodeId } from '../../config/node-id.ts';
import { listSettings } from '../../config/setting-list.ts';
import { WRITER_DEFAULTS, type WriterSettings } from '../../node/writer/writer-settings.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'braid-config-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function file(text: string): Promise<string> {
  const path = join(folder, 'braid.yaml');
  await writeFile(path, text);
  return path;
}

const load = async (text: string, environment: Record<string, string> = {}): Promise<Config> =>
  loadConfig({ file: await file(text), environment });

const refusal = async (text: string, environment: Record<string, string> = {}): Promise<string> => {
  const error: unknown = await load(text, environment).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'BraidError', kind: 'parameterInvalid' });
  expect((error as Error).message).not.toContain('\n');
  return (error as Error).message;
};

test('without a file everything has its default', async () => {
  const config = await loadConfig({ environment: {} });
  expect(config).toMatchObject({
    roles: ['router', 'writer', 'reader'],
    router: { host: '127.0.0.1', port: 19530 },
    node: { host: '127.0.0.1', port: 19540, weight: 1 },
    management: { host: '127.0.0.1', port: 9091 },
    discovery: { use: 'static', with: {} },
    metadata: { use: 'sqlite', with: {} },
    tracing: { use: 'none', with: {} },
    dataFolder: join(process.cwd(), 'data'),
    configFolder: process.cwd(),
    configFile: undefined,
  });
  expect(config.node.id).toBeUndefined();
});

test('the file overrides defaults, variables override the file, options override all', async () => {
  const path = await file('router: { port: 1000, host: 10.0.0.1, callMs: 5s }\nwriter:\n  segmentBytesMax: 64MB\n');
  const environment = { BRAID_ROUTER_PORT: '2000', BRAID_WRITER_LEASE_TTL_MS: '8s', PATH: '/bin' };
  const config = await loadConfig({ file: path, environment, options: { 'router.host': '0.0.0.0' } });
  expect(config.router).toMatchObject({ port: 2000, host: '0.0.0.0', callMs: 5000 });
  expect(config.writer).toMatchObject({ segmentBytesMax: 64 * 2 ** 20, leaseTtlMs: 8000 });
  expect(config.sources).toEqual({
    'router.port': 'environment',
    'router.host': 'option',
    'router.callMs': 'file',
    'writer.segmentBytesMax': 'file',
    'writer.leaseTtlMs': 'environment',
  });
});

test('folders are absolute: the data folder begins at the file, the cache folder at the data folder', async () => {
  const config = await load('dataFolder: ./here\n');
  expect(config.dataFolder).toBe(join(folder, 'here'));
  expect(config.reader.cacheFolder).toBe(join(folder, 'here/cache'));
  expect(config.configFolder).toBe(folder);
  const absolute = await load('dataFolder: /var/lib/braid\nreader: { cacheFolder: /fast/cache }\n');
  expect(absolute).toMatchObject({ dataFolder: '/var/lib/braid', reader: { cacheFolder: '/fast/cache' } });
});

test('BRAID_CONFIG names the file', async () => {
  const path = await file('router: { port: 1234 }');
  expect((await loadConfig({ environment: { BRAID_CONFIG: path } })).router.port).toBe(1234);
});

test('a config cannot be changed', async () => {
  const config = await load('discovery: { with: { readers: [ { address: a:1 } ] } }');
  expect(() => Object.assign(config.router, { port: 1 })).toThrow(TypeError);
  expect(() => (config.discovery.with['readers'] as unknown[]).push(1)).toThrow(TypeError);
  expect(() => (config.roles as string[]).push('x')).toThrow(TypeError);
});

test('options of plugins come from the file and from variables, by name or as a whole', async () => {
  const text = 'metadata: { use: mysql, with: { host: db1, user: braid } }\ncache: { use: redis, with: { url: x } }';
  const config = await load(text, {
    BRAID_METADATA_WITH_HOST: 'db2',
    BRAID_METADATA_WITH_CONNECTIONS_MAX: '5',
    BRAID_DISCOVERY_WITH: '{ readers: [a:1, { address: b:2 }] }',
    BRAID_LOG_WITH_TAGS: '[a, b]',
    BRAID_CACHE_USE: 'memory',
  });
  expect(config.metadata).toEqual({ use: 'mysql', with: { host: 'db2', user: 'braid', connectionsMax: '5' } });
  expect(config.discovery.with).toEqual({ readers: ['a:1', { address: 'b:2' }] });
  expect(config.log.with).toEqual({ tags: ['a', 'b'] });
  // The options in the file were for another plugin.
  expect(config.cache).toEqual({ use: 'memory', with: {} });
  expect(config.sources).toMatchObject({
    'metadata.with': 'environment',
    'metadata.use': 'file',
    'cache.use': 'environment',
  });
});

test('a variable that is empty is none; an option of a plugin may be empty', async () => {
  const variables = { BRAID_NODE_ZONE: '', BRAID_ROUTER_PORT: '', BRAID_METADATA_WITH_PASSWORD: '' };
  const config = await load('router: { port: 2000 }', variables);
  expect(config.node).not.toHaveProperty('zone');
  expect(config.router.port).toBe(2000);
  expect(config.metadata.with).toEqual({ password: '' });
});

test('lists may be written with commas', async () => {
  expect((await load('', { BRAID_ROLES: 'writer, reader' })).roles).toEqual(['writer', 'reader']);
});

test.each([
  ['router: { port: 70000 }', {}, /braid\.yaml: router\.port is 70000: must be a whole number from 0 to 65535$/],
  ['router: { prot: 1 }', {}, /braid\.yaml: router\.prot is not a setting \(did you mean "port"\? known: host, port,/],
  ['rooter: { port: 1 }', {}, /rooter is not a setting \(did you mean "router"\?/],
  ['writer: { leaseTtlMs: 5 }', {}, /writer\.leaseTtlMs is 5: must be a whole number of milliseconds .*at least 1000$/],
  ['telemetry: { logLevel: loud }', {}, /telemetry\.logLevel is "loud": must be one of trace, debug, info/],
  ['roles: [router, king]', {}, /roles\[1\] is "king": must be one of router, writer, reader$/],
  ['roles: []', {}, /roles is \[\]/],
  ['log: { use: file, path: x }', {}, /log\.path is not a setting .*known: use, with/],
  ['router: [1]', {}, /router is \[1\]: must be a block with host, port/],
  ['just text', {}, /braid\.yaml is no list of settings$/],
  ['a: [', {}, /braid\.yaml is no valid YAML: /],
  ['router: { port: 1 }\nrouter: { port: 2 }', {}, /is no valid YAML: Map keys must be unique/],
  ['', { BRAID_ROUTER_PORT: 'http' }, /^BRAID_ROUTER_PORT: router\.port is "http": must be a whole number/],
  [
    '',
    { BRAID_ROUTER_PROT: '1' },
    /^BRAID_ROUTER_PROT is not the variable of a setting: did you mean BRAID_ROUTER_PORT\?$/,
  ],
  ['', { BRAID_METADATA_WITH: '{ a: ' }, /^BRAID_METADATA_WITH is no valid YAML/],
  ['', { BRAID_METADATA_WITH: 'text' }, /^BRAID_METADATA_WITH: metadata\.with is "text"/],
])('%j with %j is refused', async (text, environment, message) => {
  expect(await refusal(text, environment as Record<string, string>)).toMatch(message);
});

test('a file that is not there is refused', async () => {
  await expect(loadConfig({ file: join(folder, 'nothing.yaml'), environment: {} })).rejects.toThrow(
    /nothing\.yaml cannot be read: ENOENT/,
  );
});

test('variables of Kubernetes services and of tests are left alone', async () => {
  const config = await load('', {
    BRAID_ROUTER_PORT: 'tcp://10.0.0.1:19530',
    BRAID_ROUTER_SERVICE_HOST: '10.0.0.1',
    BRAID_ROUTER_SERVICE_PORT_GRPC: '19530',
    BRAID_ROUTER_PORT_19530_TCP_ADDR: '10.0.0.1',
    BRAID_TEST_MYSQL: 'x',
  });
  expect(config.router.port).toBe(19530);
});

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4317' }, { protocol: 'grpc', endpoint: 'http://collector:4317' }],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/' }, { protocol: 'http', endpoint: 'http://c:4318/v1/traces' }],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/traces' }, { protocol: 'http', endpoint: 'http://c/traces' }],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:9', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    { protocol: 'grpc', endpoint: 'http://c:9' },
  ],
])('%j turns tracing on', async (environment, options) => {
  expect((await load('', environment as Record<string, string>)).tracing).toEqual({ use: 'otlp', with: options });
});

test('a choice of tracing is stronger than the variable of OpenTelemetry', async () => {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4317' };
  expect((await load('tracing: { use: none }', environment)).tracing.use).toBe('none');
});

test('describeConfig lists every setting with its source, and no secret', async () => {
  const text = `
metadata: { use: mysql, with: { host: db, password: hunter2, tls: { privateKey: hunter3 } } }
cache: { use: redis, with: { url: 'redis://user:hunter4@host:6379' } }
`;
  const config = await load(text, { BRAID_ROUTER_PORT: '80' });
  const rows = describeConfig(config);
  expect(rows.map((row) => row.name)).toEqual(listSettings().map((setting) => setting.name));
  expect(rows.find((row) => row.name === 'router.port')).toEqual({
    name: 'router.port',
    variable: 'BRAID_ROUTER_PORT',
    value: '80',
    default: '19530',
    source: 'environment',
    description: 'Port of gRPC and REST. 0: any free one.',
  });
  expect(JSON.stringify(rows)).not.toMatch(/hunter/);
  expect(rows.find((row) => row.name === 'metadata.with')!.value).toContain('"host":"db"');
});

test('every setting has a description and a variable of its own', () => {
  const settings = listSettings();
  expect(settings.filter((setting) => setting.description.length < 5)).toEqual([]);
  expect(new Set(settings.map((setting) => setting.variable)).size).toBe(settings.length);
});

test('the example file is what the schema says, and means the defaults', async () => {
  await expect(exampleConfig()).toMatchFileSnapshot('../../config/braid.example.yaml');
  const example = parse(exampleConfig()) as object;
  expect(createConfig(example)).toEqual(createConfig({}));
  const isNamed = (name: string): boolean => exampleConfig().includes(`# ${name}\n`);
  expect(listSettings().filter((setting) => !isNamed(setting.variable))).toEqual([]);
});

test('the settings of the writer are the ones that the writer has', () => {
  const { writer } = createConfig({});
  expect(writer).toEqual(WRITER_DEFAULTS);
  expectTypeOf(writer).toExtend<WriterSettings>();
});

test('a node id is made once and kept', async () => {
  const config = createConfig({ dataFolder: 'deep/data' }, { configFolder: folder });
  const id = await loadNodeId(config);
  expect(id).toMatch(/^node-[0-9a-f]{12}$/);
  expect(await loadNodeId(config)).toBe(id);
  expect(await readFile(join(folder, 'deep/data/node-id'), 'utf8')).toBe(`${id}\n`);
  expect(await loadNodeId(createConfig({ node: { id: 'reader-1' } }))).toBe('reader-1');
});

test('loading a config changes nothing on disk', async () => {
  await load('dataFolder: ./data');
  expect(await readdir(folder)).toEqual(['braid.yaml']);
});
