import { definePlugin } from '../plugin.ts';
import { readTlsFiles } from '../tls-files.ts';
import { createConsulClient } from './consul/consul-client.ts';
import { consulOptions } from './consul/consul-options.ts';
import { ConsulRegistry } from './consul/consul-registry.ts';
import { RegistryDiscovery } from './registry-discovery.ts';

/** Nodes as instances of one service in Consul, each with a TTL check. The list has those whose checks pass, the checks of their machines included. */
export default definePlugin({
  api: 1,
  kind: 'discovery',
  name: 'consul',
  options: consulOptions,
  async open(options, { logger, configFolder }) {
    const tls = options.tls && (await readTlsFiles(options.tls, configFolder, 'discovery.with.tls'));
    const { client, agent } = await createConsulClient(options, tls);
    return new RegistryDiscovery(new ConsulRegistry(client, options, () => agent.destroy()), logger);
  },
});
