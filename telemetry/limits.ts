/** Collections that have a label of their own in one process; see BoundedLabel. */
export const COLLECTION_LABELS_MAX = 100;

/** Databases, likewise. */
export const DATABASE_LABELS_MAX = 64;
