import { definePlugin } from '../plugin.ts';
import { ROUTING_LIMITS } from './limits.ts';
import { MemberRing } from './member-ring.ts';
import { RingPoints } from './ring-points.ts';
import { walkingOptions } from './walking-options.ts';
import { WalkingStrategy } from './walking-strategy.ts';

/**
 * Consistent hashing with a Ketama ring, segment by segment, as Mishards placed them: a reader that joins or leaves moves about 1/n of the segments.
 * A small collection is not split: one reader (per replica) then serves its searches whole, for splitting m-fold costs about the root of m at equal recall.
 */
export default definePlugin({
  api: 1,
  kind: 'routing',
  name: 'consistent-hash',
  options: walkingOptions,
  async open(options) {
    const points = new RingPoints();
    return new WalkingStrategy(
      'consistent-hash',
      { ...options, loadSlackSegments: ROUTING_LIMITS.loadSlackSegments.ring },
      (members) => MemberRing.make(members, points),
    );
  },
});
