import type { PluginHost } from '../../../plugins/plugin.ts';

/** What a plugin is lent in these tests: a folder, a signal that nobody aborts, a logger that says nothing. */
export function testHost(dataFolder: string, overrides: Partial<PluginHost> = {}): PluginHost {
  const silence = () => undefined;
  return {
    logger: { debug: silence, info: silence, warn: silence, error: silence },
    dataFolder,
    configFolder: dataFolder,
    signal: new AbortController().signal,
    ...overrides,
  };
}
