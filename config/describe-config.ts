import type { Config, SettingSource } from './config.ts';
import { listSettings } from './setting-list.ts';

/** One row of `braid config`. */
export interface ConfigRow {
  readonly name: string;
  /** Variable that overrides it. */
  readonly variable: string;
  /** As JSON; secrets as `****`; empty when it is not set. */
  readonly value: string;
  readonly default: string;
  readonly source: SettingSource;
  readonly description: string;
}

const SECRET_NAME = /password|passwd|secret|token|credential|apikey|accesskey|privatekey/i;
const URL_PASSWORD = /(:\/\/[^:/@\s]*:)[^@\s]+(?=@)/g;
const MASK = '****';

/** All settings, flat, with what they are now and where from. Contains no secret: it may be shown and logged. */
export function describeConfig(config: Config): readonly ConfigRow[] {
  return listSettings().map((setting) => {
    const value = setting.path.reduce<unknown>((tree, step) => (tree as Record<string, unknown>)[step], config);
    return {
      name: setting.name,
      variable: setting.variable,
      value: setting.isSecret && value !== undefined ? MASK : printed(value),
      default: printed(setting.default),
      source: config.sources[setting.name] ?? 'default',
      description: setting.description,
    };
  });
}

function printed(value: unknown): string {
  return JSON.stringify(masked(value)) ?? '';
}

function masked(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(URL_PASSWORD, `$1${MASK}`);
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, SECRET_NAME.test(key) ? MASK : masked(inner)]),
  );
}
