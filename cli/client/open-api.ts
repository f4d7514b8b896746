import type { Command } from 'commander';
import { type AddressOptions, apiAddress } from './addresses.ts';
import { ApiClient } from './api-client.ts';
import { readToken, TOKEN_FILE } from './read-token.ts';

/** Options of every command that asks the Milvus API. */
export interface ApiOptions extends AddressOptions {
  readonly database: string;
}

export function addApiOptions(command: Command): Command {
  return command
    .option('--config <file>', 'settings of the router to ask')
    .option(
      '--address <host:port>',
      'Milvus API of a router, https://host:port for TLS (default: that of the settings)',
    )
    .option('--database <name>', 'database of the collection', 'default')
    .option('--token-file <file>', TOKEN_FILE)
    .option('--json', 'for programs');
}

export async function openApi(options: ApiOptions): Promise<ApiClient> {
  return new ApiClient(await apiAddress(options), options.database, await readToken(options));
}
