import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { type BraidProcess, freePort, Processes } from '../../examples/debian-packages/processes.ts';

const SETTLE_TIMEOUT_MS = 30_000;

interface MemberEntry {
  readonly address: string;
  readonly roles: readonly string[];
}

/** A process of a cluster, and where its node protocol is. */
export interface MovingNode {
  readonly process: BraidProcess;
  readonly address: string;
}

export interface MovingRouter {
  readonly process: BraidProcess;
  /** host:port of the Milvus API. */
  readonly address: string;
}

export interface MovingClusterOptions {
  readonly readers: number;
  readonly routers: number;
  readonly settings?: object;
  /** `shared`: all writers have one log, as on a folder that several machines mount. */
  readonly log?: 'own' | 'shared';
  /** By default the file of this cluster. */
  readonly discovery?: object;
}

/** What `/status` of a router says, as far as tests look at it. */
interface Status {
  readonly members: readonly { readonly address: string; readonly health: string; readonly term?: number }[];
  readonly collections: readonly {
    readonly name: string;
    readonly segments: readonly { readonly readyOn: readonly string[] }[];
  }[];
}

/** Real processes whose members stand in a file that tests rewrite: nodes come and go while it runs. */
export class MovingCluster implements AsyncDisposable {
  readonly processes = new Processes();
  readonly routers: MovingRouter[] = [];
  readonly readers: MovingNode[] = [];
  readonly writers: MovingNode[] = [];
  readonly #settings: object;
  #count = 0;

  private constructor(settings: object, hasSharedLog: boolean) {
    const path = join(this.processes.folder, 'wal');
    this.#settings = hasSharedLog ? { ...settings, log: { use: 'file', with: { path, shared: true } } } : settings;
  }

  static async start({
    readers,
    routers,
    settings = {},
    log,
    discovery,
  }: MovingClusterOptions): Promise<MovingCluster> {
    const cluster = new MovingCluster({ ...settings, ...(discovery && { discovery }) }, log === 'shared');
    try {
      cluster.writeMembers([]);
      await cluster.addWriter();
      await Promise.all(Array.from({ length: readers }, () => cluster.addReader()));
      await Promise.all(Array.from({ length: routers }, () => cluster.addRouter()));
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Discovery by the list in a file, which `writeMembers` writes beside the files of settings. */
  get fileDiscovery(): object {
    return { use: 'file', with: { path: 'members.yaml', intervalMs: 100 } };
  }

  /** Replaces the list by these members; by default all that are there. */
  writeMembers(members: readonly MemberEntry[] = this.#entries()): void {
    const path = join(this.processes.folder, 'members.yaml');
    writeFileSync(`${path}.new`, JSON.stringify({ members }));
    renameSync(`${path}.new`, path);
  }

  /** Resolves when it is listed and ready. */
  async addReader(): Promise<MovingNode> {
    const port = await freePort();
    const address = `127.0.0.1:${port}`;
    const node = { id: address, port };
    const process = await this.processes.start(`reader-${++this.#count}`, 'reader', this.#own({ node }));
    const reader = { process, address };
    this.readers.push(reader);
    this.writeMembers();
    return reader;
  }

  /** Takes it off the list, then ends it politely. */
  async removeReader(reader: MovingNode): Promise<void> {
    this.readers.splice(this.readers.indexOf(reader), 1);
    this.writeMembers();
    await this.processes.stop(reader.process);
  }

  async addRouter(): Promise<MovingRouter> {
    const port = await freePort();
    const process = await this.processes.start(`router-${++this.#count}`, 'router', this.#own({ router: { port } }));
    const router = { process, address: `127.0.0.1:${port}` };
    this.routers.push(router);
    return router;
  }

  /** The first one leads when this resolves; more stand by. */
  async addWriter(): Promise<MovingNode> {
    const port = await freePort();
    const process = await this.processes.launch(`writer-${++this.#count}`, 'writer', this.#own({ node: { port } }));
    if (this.writers.length === 0) await this.processes.healthy(process);
    const writer = { process, address: `127.0.0.1:${port}` };
    this.writers.push(writer);
    this.writeMembers();
    return writer;
  }

  /** Takes one that has ended off the list. */
  async removeWriter(writer: MovingNode): Promise<void> {
    this.writers.splice(this.writers.indexOf(writer), 1);
    this.writeMembers();
    await this.processes.stop(writer.process);
  }

  /** Lets all processes that are restarted from now on find each other by other means. */
  useDiscovery(discovery: object): void {
    for (const { configFile } of this.processes.started) {
      const settings = parse(readFileSync(configFile, 'utf8')) as object;
      writeFileSync(configFile, stringify({ ...settings, discovery }));
    }
  }

  /** Ends it politely and starts it again. */
  async restart(process: BraidProcess): Promise<void> {
    await this.processes.stop(process);
    await this.processes.revive(process);
  }

  async status(router: MovingRouter = this.routers[0]!): Promise<Status> {
    return (await (await fetch(`http://127.0.0.1:${router.process.managementPort}/status`)).json()) as Status;
  }

  /** Of a metric of a router, the sum over all samples whose labels contain `labels`. */
  async metric(name: string, labels = '', router: MovingRouter = this.routers[0]!): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${router.process.managementPort}/metrics`)).text();
    return text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) && line.includes(labels))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  /** Waits until every router sees a writer that leads, all readers healthy, and every segment of the collection on at least so many of them. */
  async settled(collection: string, copies: number): Promise<void> {
    for (const router of this.routers) {
      const look = async (): Promise<string> => {
        const { members, collections } = await this.status(router);
        const here = new Set(this.readers.map(({ address }) => address));
        const ill = members.filter((member) => here.has(member.address) && member.health !== 'healthy');
        if (!members.some(({ term, health }) => term && health === 'healthy')) return 'no writer leads';
        const expected = this.readers.length + this.writers.length;
        if (members.length !== expected) return `${members.length} of ${expected} members`;
        const segments = collections.find(({ name }) => name === collection)?.segments ?? [];
        const bare = segments.filter(({ readyOn }) => readyOn.length < copies).length;
        if (bare > 0) return `${bare} of ${segments.length} segments on fewer than ${copies} readers`;
        return ill.map(({ address, health }) => `${address} is ${health}`).join(', ');
      };
      await expect.poll(look, { timeout: SETTLE_TIMEOUT_MS, interval: 100 }).toBe('');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.processes[Symbol.asyncDispose]();
  }

  #entries(): MemberEntry[] {
    return [
      ...this.writers.map(({ address }) => ({ address, roles: ['writer'] })),
      ...this.readers.map(({ address }) => ({ address, roles: ['reader'] })),
    ];
  }

  #own(settings: object): object {
    const { folder } = this.processes;
    return {
      discovery: this.fileDiscovery,
      // Every segment is placed on its own: a collection of this size would otherwise stay whole on one reader.
      routing: { use: 'consistent-hash', with: { splitBytes: 0 } },
      metadata: { use: 'sqlite', with: { path: join(folder, 'metadata.sqlite') } },
      storage: { use: 'local', with: { path: join(folder, 'storage') } },
      dataFolder: join(folder, `data-${this.#count}`),
      ...this.#settings,
      ...settings,
    };
  }
}
