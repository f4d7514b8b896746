/** How a row's worth falls with the distance of a number from where it should be (Milvus: decay_function.go, after Elasticsearch's). */
export interface Decay {
  readonly curve: DecayCurve;
  /** Where it is worth 1, and how far around that, too. */
  readonly origin: number;
  readonly offset: number;
  /** At this distance beyond the offset it is worth `decay`; larger than 0. */
  readonly scale: number;
  /** Above 0, below 1. */
  readonly decay: number;
}

export type DecayCurve = 'gauss' | 'exp' | 'linear';

/** From 0 to 1. A linear one stops falling at `decay`. */
export function decayOf({ curve, origin, offset, scale, decay }: Decay, value: number): number {
  const distance = Math.max(0, Math.abs(value - origin) - offset);
  switch (curve) {
    case 'gauss':
      return Math.exp((distance / scale) ** 2 * Math.log(decay));
    case 'exp':
      return Math.exp((distance / scale) * Math.log(decay));
    case 'linear':
      return Math.max(decay, 1 - ((1 - decay) / scale) * distance);
  }
}
