import type { Lease } from '../../plugins/metadata/metadata.ts';
import type { PluginChoice } from '../../plugins/open-plugin.ts';

/** What the thread that guards a lease is started with. */
export interface LeaseGuardData {
  readonly lease: Lease;
  readonly ttlMs: number;
  /** Without a beat for so long the lease is let go. */
  readonly stuckMs: number;
  readonly metadata: PluginChoice;
  readonly dataFolder: string;
  readonly configFolder: string;
  /** One shared number, which the guarded event loop raises. */
  readonly beats: Int32Array;
}

/** From the thread: a line for the log. The only message to it is `stop`. */
export interface LeaseGuardMessage {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}
