import { definePlugin } from '../plugin.ts';
import { readTlsFiles } from '../tls-files.ts';
import { etcdOptions } from './etcd/etcd-options.ts';
import { EtcdRegistry } from './etcd/etcd-registry.ts';
import { DISCOVERY_LIMITS } from './limits.ts';
import { RegistryDiscovery } from './registry-discovery.ts';

/** Nodes as keys with leases in etcd 3.4 or later. The list is as consistent as etcd: without a majority of its servers the known members stay. */
export default definePlugin({
  api: 1,
  kind: 'discovery',
  name: 'etcd',
  options: etcdOptions,
  async open(options, { logger, configFolder }) {
    const { endpoints, prefix, user, password, tls, ttlMs, requestTimeoutMs } = options;
    const { Etcd3 } = await import('etcd3');
    const { noop } = await import('cockatiel');
    const files = tls && (await readTlsFiles(tls, configFolder, 'discovery.with.tls'));
    const connect = () =>
      new Etcd3({
        hosts: endpoints.map((endpoint) => `${files ? 'https' : 'http'}://${endpoint}`),
        ...(files?.ca !== undefined && {
          credentials: {
            rootCertificate: Buffer.from(files.ca),
            ...(files.key !== undefined && { privateKey: Buffer.from(files.key) }),
            ...(files.cert !== undefined && { certChain: Buffer.from(files.cert) }),
          },
        }),
        ...(user !== undefined && {
          auth: {
            username: user,
            password: password ?? '',
            callOptions: () => ({ deadline: Date.now() + requestTimeoutMs }),
          },
        }),
        // Whoever asks tries again by itself; retries and breakers below it would only add up.
        faultHandling: { host: () => noop, global: noop },
        grpcOptions: {
          'grpc.keepalive_time_ms': DISCOVERY_LIMITS.etcdKeepaliveMs,
          'grpc.keepalive_timeout_ms': requestTimeoutMs,
        },
      });
    return new RegistryDiscovery(new EtcdRegistry({ connect, prefix, ttlMs, requestTimeoutMs }), logger);
  },
});
