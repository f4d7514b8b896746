import { posix } from 'node:path';
import { importsOf, type SourceFile } from './sources.ts';

/**
 * Who may import whom (ARCHITECTURE.md, "Rooms"). A place is a path prefix; the longest prefix that fits a file decides what it may reach.
 * `self` is the place itself.
 */
const SEAMS = [
  'plugins/discovery/discovery.ts',
  'plugins/discovery/doubted-list.ts',
  'plugins/routing/routing.ts',
  'plugins/routing/place-replicas.ts',
  'plugins/routing/placed-views.ts',
  'plugins/metadata/metadata.ts',
  'plugins/storage/storage.ts',
  'plugins/log/log.ts',
  'plugins/cache/cache.ts',
  'plugins/tracing/tracing.ts',
];
/** How settings are typed and checked: the same for the file's own and for a plugin's options. */
const SETTINGS = ['config/setting-types.ts', 'config/check-settings.ts', 'config/nearest-name.ts'];
const PLUGIN = ['plugins/plugin.ts', 'plugins/durable-file.ts', 'plugins/tls-files.ts', ...SETTINGS];

const RULES: Readonly<Record<string, readonly string[]>> = {
  core: ['self'],
  proto: ['self', 'core'],
  config: ['self', 'core'],
  telemetry: ['self', 'core'],
  plugins: ['self', 'core', ...SETTINGS],
  'plugins/discovery': ['self', 'core', ...PLUGIN],
  'plugins/routing': ['self', 'core', ...PLUGIN, 'plugins/discovery/discovery.ts'],
  'plugins/metadata': ['self', 'core', ...PLUGIN],
  'plugins/storage': ['self', 'core', ...PLUGIN],
  'plugins/log': ['self', 'core', ...PLUGIN],
  'plugins/cache': ['self', 'core', ...PLUGIN],
  'plugins/tracing': ['self', 'core', ...PLUGIN],
  native: ['self'],
  'node/segment': ['self', 'core', 'proto', 'telemetry', 'native', 'plugins/plugin.ts', ...SEAMS],
  'node/builder': ['self', 'core', 'proto', 'telemetry', 'node/segment', 'plugins/plugin.ts', ...SEAMS],
  'node/writer': [
    'self',
    'core',
    'config',
    'proto',
    'telemetry',
    'node/segment',
    'node/builder',
    'plugins/plugin.ts',
    ...SEAMS,
  ],
  'node/reader': ['self', 'core', 'config', 'proto', 'telemetry', 'node/segment', 'plugins/plugin.ts', ...SEAMS],
  'node/api': [
    'self',
    'core',
    'config',
    'proto',
    'telemetry',
    'node/writer',
    'node/reader',
    'plugins/plugin.ts',
    ...SEAMS,
  ],
  router: ['self', 'core'],
  'router/cluster': ['self', 'core', 'config', 'proto', 'telemetry', 'router/limits.ts', 'plugins/plugin.ts', ...SEAMS],
  'router/operations': ['self', 'core', 'config', 'proto', 'telemetry', 'router/limits.ts', 'router/cluster', ...SEAMS],
  'router/api': [
    'self',
    'core',
    'config',
    'proto',
    'telemetry',
    'router/limits.ts',
    'router/operations',
    'plugins/plugin.ts',
    ...SEAMS,
  ],
  cli: ['self', 'core', 'config', 'proto', 'telemetry', 'plugins', 'native', 'node', 'router'],
  // Types only: what the pages of the management port answer.
  console: [
    'self',
    'cli/compose/page-shapes.ts',
    'config/describe-config.ts',
    'plugins/routing/routing.ts',
    'telemetry/log/slow-queries.ts',
    'telemetry/management-guard.ts',
    'telemetry/profiler.ts',
  ],
  sim: ['self', 'core', 'plugins', 'proto', 'router'],
  bench: ['self', 'core', 'proto', 'native', 'node/segment', 'examples'],
  examples: ['self'],
};

/** One line per import that the rules do not allow. */
export function brokenRules(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const place = placeOf(file.path);
    if (!place) return [`${file.path} lies in no room that has a rule`];
    return importsOf(file.text)
      .filter((target) => target.startsWith('.'))
      .map((target) => posix.normalize(posix.join(posix.dirname(file.path), target)))
      .filter((target) => !isAllowed(place, target))
      .map((target) => `${file.path} must not import ${target}`);
  });
}

function placeOf(path: string): string | undefined {
  return Object.keys(RULES)
    .filter((place) => path.startsWith(`${place}/`))
    .sort((left, right) => right.length - left.length)[0];
}

function isAllowed(place: string, target: string): boolean {
  return RULES[place]!.some((entry) => {
    const allowed = entry === 'self' ? place : entry;
    return target === allowed || target.startsWith(`${allowed}/`);
  });
}
