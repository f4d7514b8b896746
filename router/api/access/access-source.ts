import type { AccessRecords } from '../../../core/access/access-records.ts';

/** Where users, roles and grants come from. */
export interface AccessSource {
  /** The newest that is known without asking anybody; undefined before the first were read. */
  readonly current: AccessRecords | undefined;
  /** Asks: afterwards `current` is as new as the store was, or what it was where the store cannot be read. Rejects only while nothing is known. */
  refresh(): Promise<void>;
}
