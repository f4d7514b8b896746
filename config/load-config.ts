import { access, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { BraidError } from '../core/errors.ts';
import { type Config, createConfig, type SettingSource } from './config.ts';
import { type Environment, readEnvironment } from './environment-settings.ts';
import { tracingFromEnvironment } from './otel-environment.ts';

export interface ConfigInputs {
  /** Path of the file. By default `BRAID_CONFIG`, else `braid.yaml` in the working folder if it is there. */
  readonly file?: string | undefined;
  /** By default the variables of the process. */
  readonly environment?: Environment;
  /** Settings of the command line, such as `{ 'router.port': 80 }`; they win. */
  readonly options?: Readonly<Record<string, unknown>>;
}

type Tree = Record<string, unknown>;

/**
 * The settings of this process: defaults, overridden by the file, by variables, by options, in this order. Throws `parameterInvalid` with one line that begins
 * with where the bad setting was given. The one place that reads the environment.
 */
export async function loadConfig(inputs: ConfigInputs = {}): Promise<Config> {
  const environment = inputs.environment ?? process.env;
  const configFile = await findFile(inputs.file ?? (environment['BRAID_CONFIG'] || undefined));
  const settings = configFile === undefined ? {} : await readSettings(configFile);
  const sources: Record<string, SettingSource> = {};
  markLeaves(settings, [], 'file', sources);
  const config = (): Config => createConfig(settings, { configFile, sources });
  checked(configFile ?? 'defaults', config);

  for (const { variable, path, value } of readEnvironment(environment)) {
    assign(settings, sources, path, value, 'environment');
    checked(variable, config);
  }
  const tracing = sources['tracing.use'] === undefined ? tracingFromEnvironment(environment) : undefined;
  for (const [key, value] of Object.entries(tracing ?? {}))
    assign(settings, sources, ['tracing', key], value, 'environment');
  for (const [name, value] of Object.entries(inputs.options ?? {})) {
    assign(settings, sources, name.split('.'), value, 'option');
    checked('command line', config);
  }
  return config();
}

async function findFile(named: string | undefined): Promise<string | undefined> {
  if (named !== undefined) return resolve(named);
  const usual = resolve('braid.yaml');
  return access(usual).then(
    () => usual,
    () => undefined,
  );
}

async function readSettings(file: string): Promise<Tree> {
  const refuse = (why: string, cause?: unknown): BraidError =>
    new BraidError('parameterInvalid', `the configuration file ${file} ${why}`, { cause });
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw refuse(`cannot be read: ${error.message}`, error);
  });
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw refuse(`is no valid YAML: ${error.message.split('\n')[0]}`, error);
  const settings: unknown = document.toJS() ?? {};
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings))
    throw refuse('is no list of settings');
  return settings as Tree;
}

/** Says where a bad setting was given. */
function checked(where: string, check: () => unknown): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof BraidError)) throw error;
    throw new BraidError(error.kind, `${where}: ${error.message}`, { cause: error });
  }
}

function assign(
  settings: Tree,
  sources: Record<string, SettingSource>,
  path: readonly string[],
  value: unknown,
  source: SettingSource,
): void {
  const [section, key] = path;
  // Options belong to the plugin that they were written for: another choice begins without any.
  if (key === 'use' && branch(settings, section!)['use'] !== value) branch(settings, section!)['with'] = {};
  const parent = path.slice(0, -1).reduce<Tree>((tree, step) => branch(tree, step), settings);
  parent[path.at(-1)!] = value;
  sources[settingName(path)] = source;
}

/** The options of a plugin are one setting, whichever of them is given. */
function settingName(path: readonly string[]): string {
  const withAt = path.indexOf('with');
  return path.slice(0, withAt === -1 ? path.length : withAt + 1).join('.');
}

function branch(tree: Tree, step: string): Tree {
  const inner = Object.hasOwn(tree, step) ? tree[step] : undefined;
  if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) return inner as Tree;
  const made: Tree = {};
  tree[step] = made;
  return made;
}

function markLeaves(
  tree: unknown,
  path: readonly string[],
  source: SettingSource,
  sources: Record<string, SettingSource>,
): void {
  const isBlock = typeof tree === 'object' && tree !== null && !Array.isArray(tree) && path.at(-1) !== 'with';
  if (!isBlock) sources[path.join('.')] = source;
  else for (const [key, inner] of Object.entries(tree)) markLeaves(inner, [...path, key], source, sources);
}
