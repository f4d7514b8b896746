import type { DecodeObserver } from '../../proto/node-protocol/node-connection.ts';
import { RemoteShard } from '../../proto/node-protocol/remote-shard.ts';
import type { Shard, WriterShard } from '../../proto/node-protocol/shard.ts';

/** The way to a node: the node itself when it lives in this process, a kept connection otherwise. */
export class NodeConnections implements AsyncDisposable {
  readonly #local = new Map<string, Shard>();
  readonly #remote = new Map<string, RemoteShard>();
  readonly #decoded: DecodeObserver;

  /** `decoded` is told how long it took to decode each answer of another process. */
  constructor(decoded: DecodeObserver) {
    this.#decoded = decoded;
  }

  /** `shard` must be a plain object of bound functions, as `observeShard` makes it. */
  addLocal(shard: Shard): void {
    this.#local.set(shard.address, shard);
  }

  /** Disposing what comes back ends a connection of its own, but never a node of this process. */
  connect(address: string): Shard {
    const local = this.#local.get(address);
    if (!local) return new RemoteShard(address, this.#decoded);
    return Object.assign(Object.create(local) as Shard, { [Symbol.asyncDispose]: async () => undefined });
  }

  /** Shared by everyone in this process who follows the writer. */
  connectWriter(address: string): WriterShard {
    const local = this.#local.get(address);
    if (local) return local as WriterShard;
    let remote = this.#remote.get(address);
    if (!remote) {
      remote = new RemoteShard(address, this.#decoded);
      this.#remote.set(address, remote);
    }
    return remote;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const remote of this.#remote.values()) await remote[Symbol.asyncDispose]();
  }
}
