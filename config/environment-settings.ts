import { parse } from 'yaml';
import { BraidError } from '../core/errors.ts';
import { nearestName } from './nearest-name.ts';
import { listSettings, type Setting } from './setting-list.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One setting that a variable gives. */
export interface EnvironmentSetting {
  readonly variable: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Variables that are no settings: the path of the file, what commands say who they are with, and what tests and benchmarks read. */
const OTHER_VARIABLES = /^BRAID_(CONFIG$|TOKEN$|TEST_|BENCH_|CI_)/;
/** Kubernetes and Docker put such variables beside a service named `braid...`. */
const SERVICE_LINK = /_(SERVICE_HOST|SERVICE_PORT|SERVICE_PORT_[A-Z0-9_]+|PORT_\d+_(TCP|UDP|SCTP)(_[A-Z]+)?)$/;
const SERVICE_URL = /^(tcp|udp|sctp):\/\//;

/**
 * Settings from variables: `BRAID_ROUTER_PORT=80` is `router.port`. Options of plugins: `BRAID_METADATA_WITH_HOST=db` is `metadata.with.host`
 * (`…_WITH_POOL_SIZE` is `poolSize`), or all of them at once, `BRAID_METADATA_WITH='{host: db}'`. Values that begin with `[` or `{` are YAML.
 * A setting whose variable is empty is not given, as a shell or Kubernetes leaves it (`BRAID_NODE_ZONE` of a label that a pod lacks); options of plugins may be empty.
 * An unknown variable throws `parameterInvalid`.
 */
export function readEnvironment(environment: Environment): readonly EnvironmentSetting[] {
  const settings = listSettings();
  const byVariable = new Map(settings.map((setting) => [setting.variable, setting]));
  const found: EnvironmentSetting[] = [];
  for (const [variable, text] of Object.entries(environment).sort()) {
    if (!variable.startsWith('BRAID_') || text === undefined || isForeign(variable, text)) continue;
    const path = byVariable.get(variable)?.path ?? pluginOptionPath(variable, settings);
    if (path === undefined) throw unknownVariable(variable, [...byVariable.keys()]);
    if (text === '' && !path.includes('with')) continue;
    found.push({ variable, path, value: parseValue(variable, text) });
  }
  return found;
}

function isForeign(variable: string, text: string): boolean {
  return OTHER_VARIABLES.test(variable) || SERVICE_LINK.test(variable) || SERVICE_URL.test(text);
}

function pluginOptionPath(variable: string, settings: readonly Setting[]): readonly string[] | undefined {
  const options = settings.find(
    (setting) => setting.path.at(-1) === 'with' && variable.startsWith(`${setting.variable}_`),
  );
  if (options === undefined) return undefined;
  const words = variable.slice(options.variable.length + 1).toLowerCase();
  return [...options.path, words.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())];
}

function parseValue(variable: string, text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return parse(text);
  } catch (error) {
    const [line] = (error as Error).message.split('\n');
    throw new BraidError('parameterInvalid', `${variable} is no valid YAML: ${line}`, { cause: error });
  }
}

function unknownVariable(variable: string, known: readonly string[]): BraidError {
  const near = nearestName(variable, known);
  const hint = near === undefined ? 'see `braid config` for all of them' : `did you mean ${near}?`;
  return new BraidError('parameterInvalid', `${variable} is not the variable of a setting: ${hint}`);
}
