import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { freePort } from './free-port.ts';
import { ServerProcess } from './server-process.ts';

const PROGRAMS = ['/usr/bin/prometheus', '/usr/bin/promtool', '/usr/bin/amtool', '/usr/bin/prometheus-alertmanager'];
const START_TIMEOUT_MS = 30_000;

/** Why no Prometheus can be started here; undefined if one can. */
export function missingPrometheus(): string | undefined {
  const missing = PROGRAMS.find((program) => !existsSync(program));
  return missing && `${missing} not found (Debian: apt-get install prometheus prometheus-alertmanager)`;
}

/** A tool that checks files; rejects with what it says when it finds fault. */
export async function runTool(tool: 'promtool' | 'amtool', args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(`/usr/bin/${tool}`, [...args]);
  return stdout;
}

export interface PrometheusSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** A Prometheus on a free port of 127.0.0.1 that reads these targets every second, under the job `braid`, and keeps exemplars. */
export class Prometheus implements AsyncDisposable {
  readonly #folder: string;
  readonly #url: string;
  readonly #process = new ServerProcess('Prometheus');

  private constructor(folder: string, url: string) {
    this.#folder = folder;
    this.#url = url;
  }

  /** `alertmanager`: host:port of who is told of alerts. */
  static async start(
    targets: readonly string[],
    ruleFiles: readonly string[] = [],
    alertmanager?: string,
  ): Promise<Prometheus> {
    const folder = await mkdtemp(join(tmpdir(), 'braid-prometheus-'));
    const file = join(folder, 'prometheus.yml');
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: ruleFiles,
      ...(alertmanager && { alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] } }),
      scrape_configs: [{ job_name: 'braid', static_configs: [{ targets }] }],
    };
    await writeFile(file, stringify(config));
    const address = `127.0.0.1:${await freePort()}`;
    const args = [`--config.file=${file}`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=${address}`];
    const features = ['--enable-feature=exemplar-storage', '--log.level=error'];
    const prometheus = new Prometheus(folder, `http://${address}`);
    await prometheus.#process.start('/usr/bin/prometheus', [...args, ...features], {
      isReady: async () => (await fetch(`http://${address}/-/ready`)).ok,
      timeoutMs: START_TIMEOUT_MS,
    });
    return prometheus;
  }

  /** What the expression gives now. Throws what Prometheus has against it. */
  async query(expression: string): Promise<readonly PrometheusSample[]> {
    const { resultType, result } = (await this.get('query', { query: expression })) as {
      readonly resultType: string;
      readonly result: readonly PrometheusSample[];
    };
    return resultType === 'vector' ? result : [];
  }

  /** `data` of an answer of the HTTP API, by the path below `/api/v1/`. */
  async get(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const answer = await fetch(`${this.#url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const body = (await answer.json()) as { readonly status: string; readonly error?: string; readonly data: unknown };
    if (body.status !== 'success') throw new Error(`${JSON.stringify(parameters)}: ${body.error}`);
    return body.data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.end('SIGTERM');
    await rm(this.#folder, { recursive: true, force: true });
  }
}
