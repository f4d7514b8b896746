import type { Plugin, PluginKind } from './plugin.ts';

type Loader<Kind extends PluginKind> = () => Promise<{ readonly default: Plugin<Kind> }>;

/** Every built-in plugin: name -> lazy import. The list of names in an error message comes from here. */
export const BUILTIN_PLUGINS = {
  discovery: {
    static: () => import('./discovery/static.ts'),
    consul: () => import('./discovery/consul.ts'),
    dns: () => import('./discovery/dns.ts'),
    etcd: () => import('./discovery/etcd.ts'),
    file: () => import('./discovery/file.ts'),
    kubernetes: () => import('./discovery/kubernetes.ts'),
    zookeeper: () => import('./discovery/zookeeper.ts'),
  },
  routing: {
    'consistent-hash': () => import('./routing/consistent-hash.ts'),
    'modulo-hash': () => import('./routing/modulo-hash.ts'),
    rendezvous: () => import('./routing/rendezvous.ts'),
    'round-robin': () => import('./routing/round-robin.ts'),
  },
  metadata: {
    sqlite: () => import('./metadata/sqlite.ts'),
    mysql: () => import('./metadata/mysql.ts'),
  },
  storage: {
    local: () => import('./storage/local.ts'),
    s3: () => import('./storage/s3.ts'),
  },
  log: {
    file: () => import('./log/file.ts'),
    kafka: () => import('./log/kafka.ts'),
  },
  cache: {
    memory: () => import('./cache/memory.ts'),
    redis: () => import('./cache/redis.ts'),
  },
  tracing: {
    none: () => import('./tracing/none.ts'),
    console: () => import('./tracing/console.ts'),
    otlp: () => import('./tracing/otlp.ts'),
    jaeger: () => import('./tracing/jaeger.ts'),
  },
} as const satisfies { [Kind in PluginKind]: Record<string, Loader<Kind>> };
