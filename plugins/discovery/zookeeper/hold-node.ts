import { BraidError } from '../../../core/errors.ts';
import type { HeldRecord } from '../keep-announced.ts';
import type { ZooKeeperSession } from './zookeeper-session.ts';

export interface HoldNodeOptions {
  readonly session: ZooKeeperSession;
  readonly path: string;
  readonly data: Buffer;
  /**
   * Whether a node of another session is replaced: a process that starts takes the place of the one of the same name that crashed, whose session may live
   * a little longer. A process that was itself replaced must not take the place back.
   */
  readonly replaces: boolean;
}

/** Holds an ephemeral node. Where another process took its place, nothing is held and only the end of that is waited for. */
export async function holdNode({ session, path, data, replaces }: HoldNodeOptions): Promise<HeldRecord> {
  await session.createPath(path.slice(0, path.lastIndexOf('/')));
  const isCreated = await session.createEphemeral(path, data);
  if (!isCreated && replaces && !(await isOwn(session, path))) await session.replaceByEphemeral(path, data);
  const node = new HeldNode(session, path);
  await node.start();
  return node;
}

async function isOwn(session: ZooKeeperSession, path: string): Promise<boolean> {
  const stat = await session.exists(path, () => undefined);
  return stat !== undefined && session.isOwner(stat);
}

class HeldNode implements HeldRecord {
  readonly lost: Promise<string>;
  readonly #session: ZooKeeperSession;
  readonly #path: string;
  readonly #lose: (reason: string) => void;
  #forget: () => void = () => undefined;
  #isOwn = false;

  constructor(session: ZooKeeperSession, path: string) {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.lost = promise;
    this.#lose = resolve;
    this.#session = session;
    this.#path = path;
  }

  async start(): Promise<void> {
    const stat = await this.#session.exists(this.#path, this.#changed);
    if (!stat) throw new BraidError('serviceUnavailable', `the node ${this.#path} was removed at once`);
    this.#isOwn = this.#session.isOwner(stat);
    this.#forget = this.#session.onConnected(this.#changed);
    void this.#session.ended.then((reason) => this.#lose(reason.message));
  }

  async withdraw(): Promise<void> {
    this.#forget();
    if (this.#session.isOver || !this.#isOwn) return;
    if (await isOwn(this.#session, this.#path)) await this.#session.remove(this.#path);
  }

  /** One function: the library holds a watch of one node and one function once. */
  readonly #changed = (): void => {
    this.#check().catch((error: Error) => {
      // After a broken connection it is looked at again when one stands.
      if (this.#session.isOver) this.#lose(error.message);
    });
  };

  async #check(): Promise<void> {
    const stat = await this.#session.exists(this.#path, this.#changed);
    if (!stat) this.#lose('its node was removed');
    else if (this.#isOwn && !this.#session.isOwner(stat)) this.#lose('another process announced the same node');
  }
}
