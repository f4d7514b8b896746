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
   * Average segments that a bounded member may have beyond its factor: where a collection has about one segment per reader, a bound with little of it moves more than 1.5 times the
   * ideal when a reader joins, and with much of it the fullest reader has more than 1.25 times the mean (figures: docs/scale.md).
   */
  loadSlackSegments: { ring: 0.35, rendezvous: 0.5 },
  /**
   * Points of a member of weight 1, each hashed to four places. Ketama has 40: then the fullest of a thousand readers has 1.3 times the mean of a thousand small collections, which no bound
   * within a collection can help.
   */
  pointsPerWeight: 160,
  /** Arcs of a ring that is drawn: about two to a pixel of a large circle. */
  arcsMax: 4096,
} as const;
