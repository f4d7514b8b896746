/** Bounds of the routing strategies. */
export const ROUTING_LIMITS = {
  /** Rings and the like of earlier member lists that are kept: members come and go, and come back; each resource group has its own. */
  walkersMax: 16,
  /** Slots of one member, however heavy. */
  turnsMax: 100,
  /** Members whose points on the ring are remembered. */
  ringMembersMax: 10_000,
  /** Segments that are placed without a pause: a fraction of a millisecond. */
  segmentsPerStep: 128,
  /** Members that a first look at the ring takes beyond what is asked for, to pass by full ones. */
  walkSurplus: 6,
  /**
   * Average segments that a bounded member may have beyond its factor: where a collection has about one segment per reader, a bound without it moves 1.75 times the ideal when a
   * reader joins, with it 1.4 (docs/scale.md).
   */
  loadSlackSegments: 0.5,
  /** Points of a member of weight 1; Ketama's number is 40, each hashed to four places. */
  pointsPerWeight: 40,
} as const;
