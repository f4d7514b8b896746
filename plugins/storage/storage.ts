/** Shared storage of immutable objects. Keys are relative paths of numeric ids and fixed words (`segments/17/43/columns.arrow`), never names of users. */

export interface ObjectStorage extends AsyncDisposable {
  /** True when every node that opens the same configuration sees the same objects. */
  readonly shared: boolean;
  /**
   * Stores a file of the local disk under a key that must not exist yet (`putIfAbsent`): resolves only when it is durable and complete.
   * An existing key, also a half-written one of an earlier crash, throws `storageFailed`: keys are never used twice.
   * No reader sees a half-written object. The local file may become the object itself (a second name of one file): it must not be changed afterwards; deleting it
   * is fine.
   */
  putFile(key: string, localPath: string): Promise<void>;
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Whole object. Missing: throws `storageFailed`. */
  get(key: string): Promise<Uint8Array>;
  /** Copies an object to a local file (created or replaced; fsync is the caller's). Missing: throws `storageFailed`. */
  getFile(key: string, localPath: string, signal?: AbortSignal): Promise<void>;
  /**
   * Where the object lies on this machine's disk, if it does and may be mapped in place; undefined where a copy is needed.
   * Local folders that are not network mounts answer a path.
   */
  localPath?(key: string): string | undefined;
  /** Objects below a prefix, in no order. An error is thrown, never an empty list instead. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /**
   * Opens a file that users put below the root of the storage themselves, to be read in ranges. Its path is relative and may have any letters. Throws `storageFailed` when
   * there is no such file, `parameterInvalid` for a path that leads elsewhere.
   */
  openFile(path: string): Promise<OpenedFile>;
  /** Missing keys are no error. */
  delete(keys: readonly string[]): Promise<void>;
}

export interface OpenedFile extends AsyncDisposable {
  readonly byteLength: number;
  /** Bytes `from` up to `to`, which must lie in the file, in memory of their own. */
  read(from: number, to: number): Promise<Uint8Array<ArrayBuffer>>;
}

export interface StoredObject {
  readonly key: string;
  readonly byteLength: number;
  readonly modifiedAtMs: number;
}
