import { dirname, resolve } from 'node:path';
import { checkSettings } from './check-settings.ts';
import { configSchema, type Settings } from './schema.ts';

/** Where a setting's value comes from. */
export type SettingSource = 'file' | 'environment' | 'option' | 'default';

type Frozen<Value> = Value extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Frozen<Value[Key]> }
    : Value;

/** All settings, checked, complete and frozen: durations in milliseconds, sizes in bytes, folders as absolute paths. */
export interface Config extends Frozen<Settings> {
  /** Undefined when there is none. */
  readonly configFile: string | undefined;
  /** Plugins that are packages or paths are resolved from here. */
  readonly configFolder: string;
  /** Names of settings that were given, such as `router.port`; all others have their defaults. */
  readonly sources: Readonly<Record<string, SettingSource>>;
}

export interface ConfigOrigin {
  readonly configFile?: string | undefined;
  /** By default that of the file, else the working folder. */
  readonly configFolder?: string;
  readonly sources?: Readonly<Record<string, SettingSource>>;
}

/** Checks settings (a nested object as in the file) and completes them. Throws `parameterInvalid` with one line about what is wrong. */
export function createConfig(settings: object, origin: ConfigOrigin = {}): Config {
  const { configFile, sources = {} } = origin;
  const configFolder = resolve(origin.configFolder ?? (configFile === undefined ? '.' : dirname(configFile)));
  const checked = checkSettings(configSchema, settings, '');
  const dataFolder = resolve(configFolder, checked.dataFolder);
  const reader = { ...checked.reader, cacheFolder: resolve(dataFolder, checked.reader.cacheFolder) };
  return deepFreeze({ ...checked, dataFolder, reader, configFile, configFolder, sources: { ...sources } });
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  }
  return Object.freeze(value);
}
