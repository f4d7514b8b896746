/**
 * A cache and a whisper between routers. A miss is always legal, a message may be lost: nothing may depend on either. What comes back may be old, or damaged
 * where the cache lies outside of this process: callers put a version and a checksum into the value (router/cluster/sealed-value.ts).
 */
export interface Cache extends AsyncDisposable {
  /** True when other processes see what this one sets and publishes. */
  readonly shared: boolean;
  /** Commands that failed since the cache was opened, for metrics. Those that were not even tried, because the server was known to be gone, do not count. */
  readonly failureCount: number;
  /** Never throws: a failure is a miss. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Never throws. A time to live of 0 or less removes the key. */
  set(key: string, value: Uint8Array, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  publish(channel: string, message: string): Promise<void>;
  /**
   * Calls the listener for messages published by any process (this one included where that is cheap). Never throws: while the server is gone nothing is heard, and
   * when it is back listening goes on by itself. Ends with the returned handle.
   */
  subscribe(channel: string, listener: (message: string) => void): Promise<AsyncDisposable>;
}
