/** A cache and a whisper between routers. A miss is always legal, a message may be lost: nothing may depend on either. */
export interface Cache extends AsyncDisposable {
  /** True when other processes see what this one sets and publishes. */
  readonly shared: boolean;
  /** Never throws: a failure is a miss. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Never throws. */
  set(key: string, value: Uint8Array, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  publish(channel: string, message: string): Promise<void>;
  /** Calls the listener for messages published by any process (this one included where that is cheap). Ends with the returned handle. */
  subscribe(channel: string, listener: (message: string) => void): Promise<AsyncDisposable>;
}
