import type { ClientConfig, MilvusClient } from '@zilliz/milvus2-sdk-node';
import { afterAll, afterEach, beforeAll, describe, inject } from 'vitest';
import { CallRecorder } from './call-recorder.ts';
import { connectNodeSdk, NODE_LINES, type NodeLine } from './node-sdk.ts';
import type { SharedDeployment } from './start-deployments.ts';

const NEWEST: NodeLine = '3.0';
const CONNECT_TIMEOUT_MS = 60_000;

/** What a chapter has while its tests run. */
export interface Sdk {
  /** Connected to the database `default`; there from `beforeAll` on. */
  readonly client: MilvusClient;
  readonly line: NodeLine;
  readonly deployment: SharedDeployment;
  /** Another client of the same line; closed at the end of the chapter. */
  connect(config?: Partial<ClientConfig>): Promise<MilvusClient>;
  /** A name nobody else uses. A collection of the database `default` that has it is dropped at the end of the chapter. */
  name(base: string): string;
  /** Whether this client is of that line or newer. */
  since(line: NodeLine): boolean;
}

export interface ChapterOptions {
  /** The oldest line of the Node SDK that has what the chapter is about; 2.5 by default. */
  readonly since?: NodeLine;
}

/**
 * One chapter of the conformance suite through the Node SDK: its tests run on one process with every line of the SDK and on the cluster with the newest
 * (what is on the wire is the same for all lines). Inside it, `feature` names the rows of docs/compatibility.md.
 */
export function chapter(title: string, options: ChapterOptions, body: (sdk: Sdk) => void): void;
export function chapter(title: string, body: (sdk: Sdk) => void): void;
export function chapter(
  title: string,
  first: ChapterOptions | ((sdk: Sdk) => void),
  second?: (sdk: Sdk) => void,
): void {
  const options = typeof first === 'function' ? {} : first;
  const body = typeof first === 'function' ? first : second!;
  const [oneProcess, cluster] = inject('sdkDeployments');
  const lines = NODE_LINES.slice(NODE_LINES.indexOf(options.since ?? NODE_LINES[0]));
  describe(title, () => {
    for (const line of lines) part(oneProcess!, line, body);
    part(cluster!, NEWEST, body);
  });
}

/** A row of docs/compatibility.md: supported where all its tests pass. */
export const feature = describe;

function part(deployment: SharedDeployment, line: NodeLine, body: (sdk: Sdk) => void): void {
  describe(`Node SDK ${line}, ${deployment.name}`, () => {
    const recorder = new CallRecorder();
    const clients: MilvusClient[] = [];
    const names = new Set<string>();
    const sdk = {
      line,
      deployment,
      get client() {
        if (!clients[0]) throw new Error('the client is there from beforeAll on');
        return clients[0];
      },
      async connect(config: Partial<ClientConfig> = {}) {
        const client = await connectNodeSdk(line, { address: deployment.address, ...config }, recorder);
        clients.push(client);
        return client;
      },
      name(base: string) {
        const name = uniqueName(base);
        names.add(name);
        return name;
      },
      since: (other: NodeLine) => NODE_LINES.indexOf(line) >= NODE_LINES.indexOf(other),
    };

    beforeAll(async () => {
      await sdk.connect();
    }, CONNECT_TIMEOUT_MS);

    afterEach(({ task }) => {
      Object.assign(task.meta, { calls: recorder.take() });
    });

    afterAll(async () => {
      for (const collection_name of names) await clients[0]?.dropCollection({ collection_name }).catch(() => undefined);
      for (const client of clients) await client.closeConnection();
    });

    body(sdk);
  });
}

let counter = 0;

/** Files of tests run in processes of their own: the process is part of the name. */
export function uniqueName(base: string): string {
  return `${base}_${process.pid}_${counter++}`;
}
