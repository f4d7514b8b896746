import plugin from '../index.js';

/** The plugin's strategy, opened as Braid would. */
export function open(options = {}) {
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const host = { logger, dataFolder: '/nowhere', configFolder: '/nowhere', signal: new AbortController().signal };
  return plugin.open({ tenants: [], reserved: true, ...options }, host);
}
