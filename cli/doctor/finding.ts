import type { Config } from '../../config/config.ts';
import type { PluginHost } from '../../plugins/plugin.ts';

/** `warn`: Braid runs, and something will be slow, unsafe or missing. `fail`: it will not start, or not do its work. */
export interface Finding {
  readonly state: 'ok' | 'warn' | 'fail';
  /** What was looked at and what was seen, on one line. */
  readonly seen: string;
  /** What to do; empty if nothing. */
  readonly todo: string;
}

/** Looks at one dependency of the settings. What it throws is a `fail` with the error's words. */
export interface Check {
  readonly name: string;
  readonly run: (config: Config, host: PluginHost) => Promise<readonly Finding[]>;
}

export const ok = (seen: string): Finding => ({ state: 'ok', seen, todo: '' });
export const warn = (seen: string, todo: string): Finding => ({ state: 'warn', seen, todo });
export const fail = (seen: string, todo: string): Finding => ({ state: 'fail', seen, todo });
