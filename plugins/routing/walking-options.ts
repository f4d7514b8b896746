import Type from 'typebox';
import { sizeBytes } from '../../config/setting-types.ts';

/** Options of the strategies that keep segments where they are when members come and go. */
export const walkingOptions = Type.Object({
  splitBytes: sizeBytes({
    default: 2 * 1024 ** 3,
    description:
      'A collection whose sealed segments are smaller than this stays together on one reader; 0: every segment is placed on its own.',
  }),
  loadFactor: Type.Union([Type.Literal(0), Type.Number({ minimum: 1 })], {
    default: 1.25,
    description:
      'A reader gets at most this many times its share of a split collection, and one segment or two more. Nearer to 1: more even, but more segments move when readers come and go. 0: no bound.',
  }),
});
