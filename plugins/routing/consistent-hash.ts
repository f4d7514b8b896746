import Type from 'typebox';
import { sizeBytes } from '../../config/setting-types.ts';
import { definePlugin } from '../plugin.ts';
import { ConsistentHash } from './consistent-hash-strategy.ts';

/**
 * Consistent hashing with a Ketama ring, segment by segment, as Mishards placed them: a reader that joins or leaves moves about 1/n of the segments.
 * A small collection is not split: one reader (per replica) then serves its searches whole, for splitting m-fold costs about the root of m at equal recall.
 */
export default definePlugin({
  api: 1,
  kind: 'routing',
  name: 'consistent-hash',
  options: Type.Object({
    splitBytes: sizeBytes({
      default: 2 * 1024 ** 3,
      description:
        'A collection whose sealed segments are smaller than this stays together on one reader; 0: every segment is placed on its own.',
    }),
    loadFactor: Type.Union([Type.Literal(0), Type.Number({ minimum: 1 })], {
      default: 1.25,
      description:
        'A reader gets at most this many times its share of a split collection, and one segment more. Nearer to 1: more even, but more segments move when readers come and go. 0: no bound.',
    }),
  }),
  open: async (options) => new ConsistentHash(options),
});
