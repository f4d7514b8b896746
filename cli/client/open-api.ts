import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { BraidError } from '../../core/errors.ts';
import { type AddressOptions, apiAddress } from './addresses.ts';
import { ApiClient } from './api-client.ts';

/** Options of every command that asks the Milvus API. */
export interface ApiOptions extends AddressOptions {
  readonly database: string;
  readonly tokenFile?: string;
}

export function addApiOptions(command: Command): Command {
  return command
    .option('--config <file>', 'settings of the router to ask')
    .option('--address <host:port>', 'Milvus API of a router (default: that of the settings)')
    .option('--database <name>', 'database of the collection', 'default')
    .option('--token-file <file>', 'file with user:password or a token, for a server that asks for one')
    .option('--json', 'for programs');
}

export async function openApi(options: ApiOptions): Promise<ApiClient> {
  const { tokenFile } = options;
  const token = tokenFile === undefined ? undefined : await readToken(tokenFile);
  return new ApiClient(await apiAddress(options), options.database, token);
}

async function readToken(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new BraidError('parameterInvalid', `--token-file ${file} cannot be read: ${cause.message}`, { cause });
  });
  return text.trim();
}
