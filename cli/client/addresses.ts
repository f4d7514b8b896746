import type { Command } from 'commander';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/load-config.ts';
import { BraidError } from '../../core/errors.ts';
import { TOKEN_FILE } from './read-token.ts';

/** Whom a command asks: options of every command that asks a running Braid. */
export interface AddressOptions {
  readonly config?: string;
  readonly address?: string;
  readonly json?: boolean;
  readonly tokenFile?: string;
}

export function addManagementOptions(command: Command): Command {
  return command
    .option('--config <file>', 'settings of the router to ask')
    .option(
      '--address <host:port>',
      'management port of a router, https://host:port for TLS (default: that of the settings)',
    )
    .option('--token-file <file>', TOKEN_FILE)
    .option('--json', 'for programs');
}

export async function apiAddress(options: AddressOptions): Promise<string> {
  return options.address ?? addressOf(await loadConfig({ file: options.config }), 'router');
}

export async function managementAddress(options: AddressOptions): Promise<string> {
  return options.address ?? addressOf(await loadConfig({ file: options.config }), 'management');
}

/** Hosts that mean every interface of this machine are asked on its loopback. */
const EVERY_INTERFACE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };

/** `host:port` is asked without TLS, `https://host:port` with it. Authorities beyond the well-known ones are named by Node's NODE_EXTRA_CA_CERTS. */
export function urlOf(address: string, path: string): string {
  return `${address.includes('://') ? address : `http://${address}`}${path}`;
}

function addressOf(config: Config, section: 'router' | 'management'): string {
  const { host, port } = config[section];
  const { mode, management } = config.security.tls;
  const scheme = mode !== 'off' && (section === 'router' || management) ? 'https://' : '';
  if (port === 0)
    throw new BraidError('parameterInvalid', `${section}.port is 0, any free one: say which with --address host:port`);
  return `${scheme}${EVERY_INTERFACE[host] ?? host}:${port}`;
}
