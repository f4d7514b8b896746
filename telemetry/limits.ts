/** Collections that have a label of their own in one process; see BoundedLabel. */
export const COLLECTION_LABELS_MAX = 100;

/** Databases, likewise. */
export const DATABASE_LABELS_MAX = 64;

/** Users, likewise. */
export const USER_LABELS_MAX = 100;

/** Traces of which it is not known yet whether they are wanted; of more the oldest is forgotten. */
export const HELD_TRACES_MAX = 10_000;

/** Spans of one of them; more are left out. */
export const HELD_TRACE_SPANS_MAX = 1_000;

/** Spans of all of them together, about a kilobyte each. */
export const HELD_SPANS_MAX = 20_000;
