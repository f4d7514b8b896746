import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../../../core/backoff.ts';
import { DISCOVERY_LIMITS } from '../limits.ts';
import type { RegistryEntry } from '../member-record.ts';
import type { ZooKeeperSession } from './zookeeper-session.ts';

export interface MemberNodesOptions {
  readonly session: ZooKeeperSession;
  /** The node whose children are the members. */
  readonly path: string;
  /** Gets all entries, after every change; never only some of them. */
  readonly onEntries: (entries: readonly RegistryEntry[]) => void;
  readonly onError: (error: unknown) => void;
}

interface Child {
  /** What the node held; undefined: to be read (again). */
  data: Buffer | undefined;
  /** Counts the changes: an event may come before the answer that it makes old has been taken. */
  changes: number;
  /** The watch of its data: one function for as long as the child is known, so that the library holds it once. */
  readonly changed: () => void;
}

/** The children of a node and what they hold, within one session: read whole after every connection, then followed by watches. */
export class MemberNodes {
  readonly #options: MemberNodesOptions;
  readonly #children = new Map<string, Child>();
  #wake: () => void = () => undefined;
  #isStale = true;

  constructor(options: MemberNodesOptions) {
    this.#options = options;
  }

  /** Follows until the session ends or the signal aborts; failures are repeated. */
  async follow(signal: AbortSignal): Promise<void> {
    const { session, onError } = this.#options;
    const backoff = new Backoff(DISCOVERY_LIMITS.retryDelayMsMin, DISCOVERY_LIMITS.retryDelayMsMax);
    const forget = session.onConnected(() => this.#readAllAgain());
    const wake = (): void => this.#wake();
    signal.addEventListener('abort', wake);
    void session.ended.then(wake);
    while (!signal.aborted && !session.isOver) {
      if (!this.#isStale) {
        await this.#change(signal);
        continue;
      }
      this.#isStale = false;
      try {
        await this.#read();
        backoff.reset();
      } catch (error) {
        this.#isStale = true;
        if (session.isOver || signal.aborted) break;
        onError(error);
        await sleep(backoff.nextMs(), undefined, { signal }).catch(() => undefined);
      }
    }
    signal.removeEventListener('abort', wake);
    forget();
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (this.#isStale || signal.aborted || this.#options.session.isOver) resolve();
    });
  }

  readonly #changed = (): void => {
    this.#isStale = true;
    this.#wake();
  };

  #readAllAgain(): void {
    for (const child of this.#children.values()) {
      child.data = undefined;
      child.changes++;
    }
    this.#changed();
  }

  async #read(): Promise<void> {
    const { session, path, onEntries } = this.#options;
    const names = (await session.children(path, this.#changed)) ?? [];
    // A missing node has no children to watch, but its coming can be watched.
    if (names.length === 0 && (await session.exists(path, this.#changed)) === undefined) this.#children.clear();
    const listed = new Set(names);
    for (const name of this.#children.keys()) if (!listed.has(name)) this.#children.delete(name);
    await Promise.all(names.map((name) => this.#readChild(name)));
    const children = [...this.#children];
    // A node that changed while it was read would be missing from this list: it is read again first.
    if (children.some(([, { data }]) => data === undefined)) return;
    onEntries(children.map(([key, { data }]) => ({ key, record: data!.toString() })));
  }

  async #readChild(name: string): Promise<void> {
    const child = this.#children.get(name) ?? this.#watched();
    this.#children.set(name, child);
    if (child.data !== undefined) return;
    const { session, path } = this.#options;
    const { changes } = child;
    const data = await session.data(`${path}/${name}`, child.changed);
    if (data === undefined) this.#children.delete(name);
    else if (child.changes === changes) child.data = data;
  }

  #watched(): Child {
    const child: Child = {
      data: undefined,
      changes: 0,
      changed: () => {
        child.data = undefined;
        child.changes++;
        this.#changed();
      },
    };
    return child;
  }
}
