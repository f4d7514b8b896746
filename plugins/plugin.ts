import type { Static, TObject } from 'typebox';
import type { Cache } from './cache/cache.ts';
import type { Discovery } from './discovery/discovery.ts';
import type { WriteAheadLog } from './log/log.ts';
import type { MetadataStore } from './metadata/metadata.ts';
import type { RoutingStrategy } from './routing/routing.ts';
import type { ObjectStorage } from './storage/storage.ts';
import type { Tracing } from './tracing/tracing.ts';

/** The seams: one line per kind. Adding a kind is adding a line here and a folder beside this file. */
export interface PluginKinds {
  discovery: Discovery;
  routing: RoutingStrategy;
  metadata: MetadataStore;
  storage: ObjectStorage;
  log: WriteAheadLog;
  cache: Cache;
  tracing: Tracing;
}

export type PluginKind = keyof PluginKinds;

/** What the house lends a plugin. Nothing is global: a plugin that wants to log or keep a file uses these. */
export interface PluginHost {
  readonly logger: PluginLogger;
  /** A folder that belongs to this process alone: for relative paths of what the plugin writes. */
  readonly dataFolder: string;
  /** Folder of the configuration file: for relative paths of files that users write (certificates, lists), and where packages are looked for. Absolute. */
  readonly configFolder: string;
  /** Aborted when the process shuts down: pending waits must end. */
  readonly signal: AbortSignal;
}

/** The subset of a pino logger that plugins use. */
export interface PluginLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A plugin is a plain value, the default export of its module. Opening it has no effect on anything but what it returns. */
export interface Plugin<Kind extends PluginKind = PluginKind, Options extends TObject = TObject> {
  /** Version of this interface. */
  readonly api: 1;
  readonly kind: Kind;
  readonly name: string;
  /** Schema of the `with:` block: it validates, types and documents the options. Unknown keys are refused. */
  readonly options: Options;
  /** Connects and returns the opened thing, ready for use; throws a BraidError that says what is wrong and what to do. */
  open(options: Static<Options>, host: PluginHost): Promise<PluginKinds[Kind]>;
}

/** Types the argument of `open` from the schema of the options. */
export function definePlugin<Kind extends PluginKind, Options extends TObject>(
  plugin: Plugin<Kind, Options>,
): Plugin<Kind, Options> {
  return plugin;
}
