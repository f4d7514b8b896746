import { definePlugin } from '../plugin.ts';
import { ZooKeeperDiscovery } from './zookeeper/zookeeper-discovery.ts';
import { credentialsOf, placeOf, zookeeperOptions } from './zookeeper/zookeeper-options.ts';

/**
 * ZooKeeper 3.5 or later: every process announces itself by an ephemeral node that goes with its session. TLS and SASL are not spoken: use a private network or a
 * tunnel. Children that others put there count as well, if they hold the record of a member; sequential names are fine.
 */
export default definePlugin({
  api: 1,
  kind: 'discovery',
  name: 'zookeeper',
  options: zookeeperOptions,
  async open(options, { logger }) {
    const { default: library } = await import('node-zookeeper-client');
    const { servers, membersPath } = placeOf(options);
    const session = { library, servers, timeoutMs: options.sessionTimeoutMs, credentials: credentialsOf(options) };
    const discovery = new ZooKeeperDiscovery({ session, membersPath, logger });
    try {
      await discovery.probe();
    } catch (error) {
      await discovery[Symbol.asyncDispose]();
      throw error;
    }
    return discovery;
  },
});
