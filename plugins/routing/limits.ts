/** Bounds of consistent hashing. */
export const ROUTING_LIMITS = {
  /** Rings of earlier member lists that are kept: members come and go, and come back. */
  ringsMax: 4,
  /** Keys per ring whose way around it is remembered. */
  walksMax: 100_000,
  /** Members that a first look at the ring takes beyond what is asked for, to pass by full ones. */
  walkSurplus: 6,
  /** Points of a member of weight 1; Ketama's number is 40, each hashed to four places. */
  pointsPerWeight: 40,
} as const;
