import type { FieldSchema } from '../../../../core/schema/collection-schema.ts';

/** How the hits of a search are grouped. */
export interface Grouping {
  /** As the client named it. */
  readonly name: string;
  readonly field: FieldSchema;
  /** Of JSON fields and dynamic keys: the way to the value, which is taken with its type. */
  readonly path: readonly string[] | undefined;
  /** Hits of each group. */
  readonly size: number;
  /** Rankers leave groups out that have fewer hits. */
  readonly isStrict: boolean;
}
