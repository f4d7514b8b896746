import { readFile } from 'node:fs/promises';
import { createRequire, findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkSettings } from '../config/check-settings.ts';
import { nearestName } from '../config/nearest-name.ts';
import { BraidError, toBraidError } from '../core/errors.ts';
import { BUILTIN_PLUGINS } from './builtin.ts';
import type { Plugin, PluginHost, PluginKind, PluginKinds } from './plugin.ts';

/** One choice of the configuration: `discovery: { use: consul, with: { ... } }`. */
export interface PluginChoice {
  /** A built-in name, an npm package, or a path. The latter two are resolved from the folder of the configuration file. */
  readonly use: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

/** Time that loading and opening one plugin may take, where the settings name none. */
const OPEN_MS_MAX = 120_000;

/**
 * Loads the chosen plugin, checks its options against its schema and opens it. Whatever goes wrong throws a BraidError of one line that begins with the
 * kind and the name of the plugin: an unknown name, a module that is no plugin of this kind and version, a bad option, a failure of `open` (whose
 * kind of error is kept), or that it is not done after `openMsMax`.
 */
export async function openPlugin<Kind extends PluginKind>(
  kind: Kind,
  choice: PluginChoice,
  host: PluginHost,
  openMsMax = OPEN_MS_MAX,
): Promise<PluginKinds[Kind]> {
  const hangs = (): BraidError =>
    new BraidError('deadlineExceeded', `${kind} plugin "${choice.use}" did not open within ${openMsMax} ms`);
  return await within(loadAndOpen(kind, choice, host), openMsMax, hangs);
}

async function loadAndOpen<Kind extends PluginKind>(
  kind: Kind,
  choice: PluginChoice,
  host: PluginHost,
): Promise<PluginKinds[Kind]> {
  const plugin = await loadPlugin(kind, choice.use, host.configFolder);
  const options = checkSettings(plugin.options, choice.with, `${kind}.with`);
  try {
    return checkOpened(await plugin.open(options, host));
  } catch (thrown) {
    const error = toBraidError(thrown);
    throw new BraidError(error.kind, `${kind} plugin "${plugin.name}" did not open: ${inOneLine(error.message)}`, {
      cause: thrown,
    });
  }
}

function checkOpened<Opened>(opened: Opened): Opened {
  if (typeof opened === 'object' && opened !== null) return opened;
  throw new BraidError('parameterInvalid', `open gave ${String(opened)} instead of an object`);
}

async function within<T>(promise: Promise<T>, limitMs: number, late: () => BraidError): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), limitMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

function inOneLine(message: string): string {
  return message.trim().replace(/\s*\n\s*/g, ' ');
}

/** The plugin itself, not opened: for its options and their documentation. */
export async function loadPlugin<Kind extends PluginKind>(
  kind: Kind,
  use: string,
  configFolder: string,
): Promise<Plugin<Kind>> {
  const builtins: Readonly<Record<string, () => Promise<{ readonly default: unknown }>>> = BUILTIN_PLUGINS[kind];
  const load = Object.hasOwn(builtins, use)
    ? builtins[use]!
    : async () => import(pathToFileURL(await resolveModule(kind, use, configFolder)).href);
  let exported: unknown;
  try {
    exported = ((await load()) as { readonly default?: unknown }).default;
  } catch (thrown) {
    // One of our own resolution, not of the module.
    if (thrown instanceof BraidError) throw thrown;
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    throw new BraidError(
      'parameterInvalid',
      `${kind} plugin "${use}" could not be loaded: ${inOneLine(error.message)}`,
      {
        cause: thrown,
      },
    );
  }
  return checkPlugin(kind, use, exported);
}

function checkPlugin<Kind extends PluginKind>(kind: Kind, use: string, exported: unknown): Plugin<Kind> {
  const refuse = (why: string): never => {
    throw new BraidError('parameterInvalid', `"${use}" is not a ${kind} plugin: ${why}`);
  };
  if (typeof exported !== 'object' || exported === null)
    return refuse('its module has no default export that is a plugin');
  const plugin = exported as Partial<Plugin<Kind>>;
  if (plugin.api !== 1) return refuse(`it has api version ${String(plugin.api)}, this server speaks 1`);
  if (plugin.kind !== kind) return refuse(`its kind is "${String(plugin.kind)}"`);
  if (typeof plugin.open !== 'function') return refuse('it has no open function');
  if (plugin.options?.type !== 'object') return refuse('its options are not the schema of an object');
  return plugin as Plugin<Kind>;
}

async function resolveModule(kind: PluginKind, use: string, configFolder: string): Promise<string> {
  // The file itself need not exist: it only says where the search begins.
  const base = join(configFolder, 'braid.yaml');
  try {
    return createRequire(base).resolve(use);
  } catch (thrown) {
    const entry =
      (thrown as NodeJS.ErrnoException).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED'
        ? await importEntry(use, base)
        : undefined;
    if (entry !== undefined) return entry;
    throw new BraidError('parameterInvalid', unknownPlugin(kind, use, configFolder), { cause: thrown });
  }
}

/** `require.resolve` does not see packages that export an `import` condition only. */
async function importEntry(use: string, base: string): Promise<string | undefined> {
  const manifestPath = findPackageJSON(use, pathToFileURL(base));
  if (manifestPath === undefined) return undefined;
  const manifest = JSON.parse(await readFile(manifestPath, 'utf8')) as { readonly exports?: unknown };
  const exportMap = manifest.exports as Readonly<Record<string, unknown>> | undefined;
  const target = importTarget(exportMap !== undefined && '.' in exportMap ? exportMap['.'] : exportMap);
  return target === undefined ? undefined : join(dirname(manifestPath), target);
}

function importTarget(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null) return undefined;
  for (const [condition, inner] of Object.entries(target)) {
    if (condition === 'import' || condition === 'node' || condition === 'default') return importTarget(inner);
  }
  return undefined;
}

function unknownPlugin(kind: PluginKind, use: string, configFolder: string): string {
  const names = Object.keys(BUILTIN_PLUGINS[kind]);
  const near = nearestName(use, names);
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  return `"${use}" is not a ${kind} plugin (built in: ${names.join(', ')}; no package or file of that name is found from ${configFolder})${hint}`;
}
