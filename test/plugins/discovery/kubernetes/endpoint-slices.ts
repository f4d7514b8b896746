import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import type { KubeApiserver } from '../../../servers/kube-apiserver.ts';

const MANUAL = new URL('../../../../docs/kubernetes.md', import.meta.url);
const PORT = 19_540;

export interface Endpoint {
  readonly addresses: readonly string[];
  readonly conditions?: { readonly ready?: boolean; readonly serving?: boolean; readonly terminating?: boolean };
  readonly targetRef?: object;
  readonly zone?: string;
}

/** A pod of this address, as its Service's controller would write it. */
export function endpoint(address: string, podName?: string, more: Partial<Endpoint> = {}): Endpoint {
  const targetRef = podName && { targetRef: { kind: 'Pod', name: podName } };
  return { addresses: [address], conditions: { ready: true }, ...targetRef, ...more };
}

export const TERMINATING = { conditions: { ready: false, serving: true, terminating: true } };
export const UNREADY = { conditions: { ready: false, serving: false, terminating: false } };

/** What the controllers of Kubernetes write into one namespace: slices of Services. */
export class Namespace {
  readonly server: KubeApiserver;
  readonly name: string;

  private constructor(server: KubeApiserver, name: string) {
    this.server = server;
    this.name = name;
  }

  static async create(server: KubeApiserver, name: string): Promise<Namespace> {
    const namespace = new Namespace(server, name);
    await namespace.createAgain();
    return namespace;
  }

  /** After the server lost its data. */
  async createAgain(): Promise<void> {
    await this.server.call('POST', '/api/v1/namespaces', { metadata: { name: this.name } });
  }

  /** Creates or replaces a slice. */
  async put(sliceName: string, endpoints: readonly Endpoint[], options: SliceOptions = {}): Promise<void> {
    const {
      service = 'braid-reader',
      addressType = 'IPv4',
      labels = {},
      port = { name: 'node', port: PORT },
    } = options;
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: sliceName, labels: { 'kubernetes.io/service-name': service, ...labels } },
      addressType,
      ports: [port],
      endpoints,
    };
    await this.server.call('PUT', `${this.#slices}/${sliceName}`, slice).catch(async (error: Error) => {
      if (!error.message.includes('404')) throw error;
      await this.server.call('POST', this.#slices, slice);
    });
  }

  async remove(sliceName: string): Promise<void> {
    await this.server.call('DELETE', `${this.#slices}/${sliceName}`);
  }

  /** Lets the service account of the manual do what the manual says, and no more; resolves to a token of it. */
  async allowAsInManual(): Promise<string> {
    const [manifest] = (await readFile(MANUAL, 'utf8')).split('```yaml\n')[1]!.split('```');
    const core = `/api/v1/namespaces/${this.name}/serviceaccounts`;
    await this.server.call('POST', core, { metadata: { name: 'braid' } });
    for (const document of parseAllDocuments(manifest!)) {
      const object = document.toJS() as { kind: string; subjects?: { namespace?: string }[] };
      for (const subject of object.subjects ?? []) subject.namespace = this.name;
      const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${this.name}/${object.kind.toLowerCase()}s`;
      await this.server.call('POST', path, object);
    }
    const request = { spec: { expirationSeconds: 3_600 } };
    const { status } = await this.server.call<{ status: { token: string } }>('POST', `${core}/braid/token`, request);
    return status.token;
  }

  get #slices(): string {
    return `/apis/discovery.k8s.io/v1/namespaces/${this.name}/endpointslices`;
  }
}

interface SliceOptions {
  readonly service?: string;
  readonly addressType?: 'IPv4' | 'IPv6' | 'FQDN';
  readonly labels?: Readonly<Record<string, string>>;
  readonly port?: { readonly name?: string; readonly port: number };
}
