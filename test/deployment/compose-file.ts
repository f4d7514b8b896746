import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where install-compose-go.sh puts it. */
const PROGRAM = join(homedir(), '.cache/braid-tests/compose-go-v2.9.0/cmd');

export interface ComposeService {
  readonly image: string;
  readonly user?: string;
  readonly entrypoint?: readonly string[] | null;
  readonly command?: readonly string[] | null;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly ComposeVolume[];
  readonly tmpfs?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[] };
  readonly ports?: readonly { readonly host_ip?: string; readonly target: number; readonly published: string }[];
}

export interface ComposeVolume {
  readonly type: string;
  readonly source: string;
  readonly target: string;
  readonly read_only?: boolean;
}

/** Why compose files cannot be read here; undefined if they can. */
export function missingComposeGo(): string | undefined {
  return existsSync(PROGRAM) ? undefined : `${PROGRAM} not found (bash test/servers/install-compose-go.sh builds it)`;
}

/** The services of these files put together, as `docker compose config` shows them. Throws with its words when a file is not right. */
export function composeServices(...files: readonly string[]): Readonly<Record<string, ComposeService>> {
  const output = execFileSync(PROGRAM, ['-format', 'json', ...files], { encoding: 'utf8' });
  const services = Object.entries<LoadedService>(JSON.parse(output).services);
  return Object.fromEntries(
    services.map(([name, service]) => [name, { ...service, environment: environmentOf(service.environment) }]),
  );
}

/** As the loader gives it: variables that several files set come as a list. */
type LoadedService = Omit<ComposeService, 'environment'> & {
  readonly environment?: Readonly<Record<string, string>> | readonly string[];
};

function environmentOf(loaded: LoadedService['environment'] = {}): Readonly<Record<string, string>> {
  if (!Array.isArray(loaded)) return loaded as Readonly<Record<string, string>>;
  return Object.fromEntries(
    loaded.map((assignment: string) => {
      const end = assignment.indexOf('=');
      return [assignment.slice(0, end), assignment.slice(end + 1)];
    }),
  );
}

/** The part that Braid's image runs. */
export function braidServices(services: Readonly<Record<string, ComposeService>>): [string, ComposeService][] {
  return Object.entries(services).filter(([, { image, command }]) => image === 'braid' && command?.[0] === 'start');
}

/** The variables that the image sets (`ENV` of the Dockerfile). */
export function imageEnvironment(dockerfile: string): Record<string, string> {
  const block = /^ENV ((?:.*\\\n)*.*)$/m.exec(dockerfile)?.[1];
  return Object.fromEntries([...(block ?? '').matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name!, value!]));
}
