import { BraidError } from '../../core/errors.ts';
import type { Member } from '../../plugins/discovery/discovery.ts';
import { CallContext, type NodeStatus } from '../../proto/generated/node.ts';
import type { Shard } from '../../proto/node-protocol/shard.ts';
import { READER_LIMITS } from './limits.ts';

/** A segment that this reader holds and does not own any more. */
export interface LostSegment {
  readonly id: number;
  /** Who owns it now; empty: nobody, as the view does not name it any more. */
  readonly owners: readonly Member[];
}

/**
 * Whether a reader may let go of segments that it lost to others: only when a new owner has loaded them, because until then routers send searches here. The new owners are asked
 * for their status, once each and only when something is to be released, so readers need no standing connections to each other. An owner that does not answer
 * counts as not ready; if another owner of the segment is ready it is not waited for.
 */
export async function takenOver(
  collectionId: number,
  lost: readonly LostSegment[],
  connect: (member: Member) => Shard,
): Promise<ReadonlySet<number>> {
  const owners = new Map<string, Member>();
  for (const { owners: members } of lost) for (const member of members) owners.set(member.nodeId, member);
  const ready = new Map<string, ReadonlySet<number> | undefined>();
  const waiting = [...owners.values()];
  const lane = async (): Promise<void> => {
    for (let member = waiting.pop(); member; member = waiting.pop()) {
      const status = await statusOf(member, connect).catch(() => undefined);
      const collection = status?.collections.find((entry) => entry.collectionId === collectionId);
      ready.set(member.nodeId, status && new Set(collection?.readySegmentIds));
    }
  };
  await Promise.all(Array.from({ length: READER_LIMITS.concurrentStatusCallsMax }, lane));
  const isTaken = ({ id, owners: members }: LostSegment): boolean => {
    if (members.length === 0) return true;
    const answers = members.map(({ nodeId }) => ready.get(nodeId)).filter((segments) => segments !== undefined);
    return answers.length > 0 && answers.every((segments) => segments.has(id));
  };
  return new Set(lost.filter(isTaken).map(({ id }) => id));
}

/** The first report of a node: every node gives one at once. */
async function statusOf(member: Member, connect: (member: Member) => Shard): Promise<NodeStatus> {
  await using shard = connect(member);
  const signal = AbortSignal.timeout(READER_LIMITS.statusCallMs);
  for await (const status of shard.watchStatus({ context: CallContext.fromPartial({}) }, signal)) return status;
  throw new BraidError('serviceUnavailable', `reader ${member.nodeId} (${member.address}) gave no status`);
}
