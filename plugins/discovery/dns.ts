import { Resolver } from 'node:dns/promises';
import { definePlugin } from '../plugin.ts';
import { dnsOptions } from './dns/dns-options.ts';
import { nameQuestion } from './dns/name-questions.ts';
import { DISCOVERY_LIMITS } from './limits.ts';
import { NamesDiscovery } from './names-discovery.ts';

/**
 * Nodes behind names of the DNS: headless services of Kubernetes, AWS Cloud Map and ECS, Consul's own DNS. The servers are asked directly (not /etc/hosts), when the time to live of an answer is over. A node knows itself
 * by its address (`node.advertise`), or by `node.id` where that is the target of an SRV record with its port.
 */
export default definePlugin({
  api: 1,
  kind: 'discovery',
  name: 'dns',
  options: dnsOptions,
  async open({ writer, readers, servers, requestTimeoutMs, ...times }, { logger }) {
    const resolver = new Resolver({ timeout: requestTimeoutMs, tries: DISCOVERY_LIMITS.dnsTries });
    if (servers.length > 0) resolver.setServers(servers);
    const questions = readers.map((name) => nameQuestion(name, { resolver, role: 'reader', ...times }));
    if (writer !== undefined) questions.push(nameQuestion(writer, { resolver, role: 'writer', ...times }));
    return new NamesDiscovery(questions, [], logger);
  },
});
