import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HOME } from '../house/sources.ts';

const OUTPUT_BYTES_MAX = 64 * 2 ** 20;
/** More than `drainMs` and `shutdownMs`, as docker-compose.yml has it. */
const STOP_TIMEOUT_S = 45;
const environment = { ...process.env, CONTAINERS_CONF: join(HOME, 'test/deployment/containers.conf') };

/**
 * The image to start containers of, which BRAID_TEST_IMAGE names; empty where it is not set: to build one takes minutes and a machine on which containers run, so it is asked for (.ci/image).
 * Throws when it is asked for and not there.
 */
export function imageToTest(): string {
  const image = process.env['BRAID_TEST_IMAGE'] ?? '';
  if (image === '') {
    console.warn('tests with containers are skipped: BRAID_TEST_IMAGE is not set (bash .ci/image)');
    return image;
  }
  const answer = spawnSync('podman', ['image', 'exists', image], { encoding: 'utf8', env: environment });
  if (answer.error) throw answer.error;
  if (answer.status !== 0) throw new Error(`no image ${image} (bash test/deployment/build-image.sh ${image})`);
  return image;
}

/** Runs podman; resolves to what it prints. Throws with its words when it fails. */
export async function podman(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('podman', args, { env: environment, maxBuffer: OUTPUT_BYTES_MAX });
  return stdout.trim();
}

/** Containers, volumes and a network of one test; all are removed at its end. */
export class Containers implements AsyncDisposable {
  /** Begins the names of all of them. */
  readonly project = `braid-test-${process.pid}`;
  readonly #names: string[] = [];

  /** Starts a container (`podman run --detach`) that others reach as `name`; resolves when its process runs. */
  async run(name: string, ...args: readonly string[]): Promise<void> {
    this.#names.push(name);
    await podman('run', '--detach', '--name', this.of(name), '--network-alias', name, ...args);
  }

  /** Creates the network, and resolves to its name. */
  async createNetwork(): Promise<string> {
    return podman('network', 'create', this.project);
  }

  /** The name of container, volume or network as podman knows it. */
  of(name: string): string {
    return `${this.project}-${name}`;
  }

  async exec(name: string, ...command: readonly string[]): Promise<string> {
    return podman('exec', this.of(name), ...command);
  }

  /** host:port of this machine that leads to the port of the container. */
  async publishedAt(name: string, port: number): Promise<string> {
    return podman('port', this.of(name), String(port));
  }

  /** Whether the health check of the image says yes now. */
  async isHealthy(name: string): Promise<boolean> {
    return podman('healthcheck', 'run', this.of(name)).then(
      () => true,
      () => false,
    );
  }

  /** SIGTERM, and SIGKILL when it is late; resolves to the exit code (137 after SIGKILL) when it has ended. */
  async stop(name: string): Promise<number> {
    await podman('stop', '--time', String(STOP_TIMEOUT_S), this.of(name));
    return Number(await podman('inspect', '--format', '{{.State.ExitCode}}', this.of(name)));
  }

  async log(name: string): Promise<string> {
    return podman('logs', this.of(name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const names = this.#names.map((name) => this.of(name));
    if (names.length > 0) await podman('rm', '--force', '--volumes', '--time', '0', ...names);
    const volumes = await podman('volume', 'ls', '--quiet', '--filter', `name=${this.project}`);
    if (volumes !== '') await podman('volume', 'rm', '--force', ...volumes.split('\n'));
    await podman('network', 'rm', '--force', this.project);
  }
}
