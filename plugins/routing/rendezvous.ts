import { definePlugin } from '../plugin.ts';
import { ROUTING_LIMITS } from './limits.ts';
import { RendezvousWalker } from './rendezvous-walker.ts';
import { walkingOptions } from './walking-options.ts';
import { WalkingStrategy } from './walking-strategy.ts';

/**
 * Weighted rendezvous hashing: like consistent hashing, with exact shares (a ring of 640 points gives a reader 0.9 to 1.1 times its share before the bound), for the
 * price of one score per segment and reader. A reader that joins or leaves moves 1/n of the segments, and what the bound costs.
 */
export default definePlugin({
  api: 1,
  kind: 'routing',
  name: 'rendezvous',
  options: walkingOptions,
  open: async (options) =>
    new WalkingStrategy(
      'rendezvous',
      { ...options, loadSlackSegments: ROUTING_LIMITS.loadSlackSegments.rendezvous },
      (members) => RendezvousWalker.make(members),
    ),
});
