import type { Filter } from '../../../../core/filter/filter.ts';
import type { Decay } from '../../../../core/rank/decay.ts';
import type { Fusion } from '../../../../core/rank/fuse-hits.ts';
import type { FieldSchema } from '../../../../core/schema/collection-schema.ts';

/** What gives hits a new order, checked against the schema. */
export type Ranker = RankFusion | WeightedSum | DecayRanker | BoostRanker;

export interface RankFusion {
  readonly kind: 'rrf';
  readonly k: number;
}

export interface WeightedSum {
  readonly kind: 'weighted';
  /** One per search, 0 to 1. */
  readonly weights: readonly number[];
  readonly isNormalized: boolean;
}

export interface DecayRanker {
  readonly kind: 'decay';
  /** A number or a time; null is infinitely far away. */
  readonly field: FieldSchema;
  readonly decay: Decay;
  readonly isNormalized: boolean;
  /** What becomes of the scores that a row has in several searches. */
  readonly combine: Fusion['combine'];
}

/** Changes the scores of rows that pass filters, in the direction of the metric: a weight above 1 makes a distance larger. */
export interface BoostRanker {
  readonly kind: 'boost';
  readonly boosts: readonly Boost[];
  /** How the worths of several boosts become one, and how that changes the score. */
  readonly functionMode: BoostMode;
  readonly boostMode: BoostMode;
}

export type BoostMode = 'multiply' | 'sum';

export interface Boost {
  readonly weight: number;
  /** Undefined: every row. */
  readonly filter: Filter | undefined;
  readonly random: { readonly seed: number; readonly field: FieldSchema } | undefined;
}

/** Fields whose values the ranker reads. */
export function fieldIdsOf(ranker: Ranker | undefined): readonly number[] {
  switch (ranker?.kind) {
    case 'decay':
      return [ranker.field.id];
    case 'boost':
      return ranker.boosts.flatMap(({ filter, random }) => [
        ...(filter?.fieldIds ?? []),
        ...(random ? [random.field.id] : []),
      ]);
    default:
      return [];
  }
}
