import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

/** Where install-helm.sh puts it. */
const PROGRAM = join(homedir(), '.cache/braid-tests/helm-v3.19.0/helm');
/** That of install-kube-apiserver.sh; Helm asks no cluster. */
const KUBERNETES_VERSION = '1.31.0';

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly [field: string]: unknown;
}

/** Why charts cannot be rendered here; undefined if they can. */
export function missingHelm(): string | undefined {
  return existsSync(PROGRAM) ? undefined : `${PROGRAM} not found (bash test/servers/install-helm.sh builds it)`;
}

/** Runs Helm; resolves to its output. Throws with its words when it fails. */
export function helm(...args: readonly string[]): string {
  return execFileSync(PROGRAM, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The text of all objects of a release; `values` are as in a file of values. */
export function renderChart(chart: string, release: string, values: object = {}): string {
  return helm('template', release, chart, '--kube-version', KUBERNETES_VERSION, ...chartValues(values));
}

/** Arguments of Helm for values by their paths. */
export function chartValues(values: object): string[] {
  return Object.entries(values).flatMap(([path, value]) => ['--set-json', `${path}=${JSON.stringify(value)}`]);
}

export function kubernetesObjects(text: string): KubernetesObject[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null);
}
