import Type from 'typebox';
import { definePlugin } from '../plugin.ts';
import { SlotWalker, slotInTurn } from './slot-walker.ts';
import { WalkingStrategy } from './walking-strategy.ts';

/**
 * Segments of a collection in turn, by their ids: numbers as even as can be, sizes as they come. A reader that joins or leaves moves nearly all of them, and so does a
 * compaction those that come after: for clusters that do not change, and as a measure for others.
 */
export default definePlugin({
  api: 1,
  kind: 'routing',
  name: 'round-robin',
  options: Type.Object({}),
  open: async () =>
    new WalkingStrategy('round-robin', { splitBytes: 0, loadFactor: 0, loadSlackSegments: 0 }, (members) =>
      SlotWalker.make(members, slotInTurn),
    ),
});
