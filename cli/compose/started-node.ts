import type { Shard } from '../../proto/node-protocol/shard.ts';

/** A node of this process that answers. */
export interface StartedNode<Node extends Shard> {
  readonly shard: Node;
  /** Makes it say that it is about to leave. It answers on. */
  readonly drain: () => void;
  /** Why it should get no traffic yet; empty when it is ready. */
  readonly unready: () => readonly string[];
}
