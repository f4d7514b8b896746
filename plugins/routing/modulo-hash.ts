import Type from 'typebox';
import { definePlugin } from '../plugin.ts';
import { SlotWalker, slotByHash } from './slot-walker.ts';
import { WalkingStrategy } from './walking-strategy.ts';

/**
 * The hash of a segment's id, modulo the number of readers: needs no ring, and a segment does not depend on others. A reader that joins or leaves moves all but 1/n of
 * the segments: for clusters that do not change.
 */
export default definePlugin({
  api: 1,
  kind: 'routing',
  name: 'modulo-hash',
  options: Type.Object({}),
  open: async () =>
    new WalkingStrategy('modulo-hash', { splitBytes: 0, loadFactor: 0, loadSlackSegments: 0 }, (members) =>
      SlotWalker.make(members, slotByHash),
    ),
});
