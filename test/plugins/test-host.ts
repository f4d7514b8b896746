import { tmpdir } from 'node:os';
import { openPlugin } from '../../plugins/open-plugin.ts';
import type { PluginHost, PluginKind, PluginKinds } from '../../plugins/plugin.ts';

/** A host that says nothing; all relative paths begin at the folder. */
export function silentHost(folder = tmpdir()): PluginHost {
  const silent = (): void => {};
  const logger = { debug: silent, info: silent, warn: silent, error: silent };
  return { logger, dataFolder: folder, configFolder: folder, signal: new AbortController().signal };
}

/** Opens a built-in plugin as the configuration would. */
export function openBuiltin<Kind extends PluginKind>(
  kind: Kind,
  use: string,
  options: Record<string, unknown> = {},
): Promise<PluginKinds[Kind]> {
  return openPlugin(kind, { use, with: options }, silentHost());
}
