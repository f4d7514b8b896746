/** Who is there. Discovery only proposes candidates; whether a member answers is found out by talking to it. */

export type Role = 'router' | 'writer' | 'reader';

export interface Member {
  /** Unique and stable over restarts of the same node where the provider can manage it. The ring is built from it. */
  readonly nodeId: string;
  /** host:port of the node protocol. */
  readonly address: string;
  readonly roles: readonly Role[];
  readonly zone?: string;
  /** Relative capacity, 1 by default. */
  readonly weight?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Discovery extends AsyncDisposable {
  /**
   * Complete lists of members: the first at once (possibly empty), then one after each change. Never a delta.
   * Not promised: that every change is seen (intermediate lists may be skipped), that lists differ from each other, that a listed member is alive.
   * Whoever watches may take its time between two lists: it then gets the newest, not all that were in between.
   * A registry that cannot be reached yields nothing (the caller keeps what it knows); it does not yield an empty list and does not throw.
   * Ends when `signal` aborts, or when the discovery is disposed.
   */
  watch(signal: AbortSignal): AsyncIterable<readonly Member[]>;
  /**
   * Makes this member known until the returned handle is disposed. Providers that only read a list (static, dns) leave it undefined.
   * The provider repeats the announcement by itself when the registry forgets it. A registry that refuses it (an input error) throws; one that cannot be
   * reached does not: it is tried in the background, so that nodes may start before their registry. A node that is announced anew, as after a restart
   * elsewhere, replaces what was announced of it before.
   */
  announce?(member: Member): Promise<AsyncDisposable>;
}
