import { setTimeout } from 'node:timers/promises';
import type { Transaction } from 'kysely';
import { BraidError } from '../../../core/errors.ts';
import type { PluginHost } from '../../plugin.ts';
import { METADATA_LIMITS } from '../limits.ts';
import {
  assertTerm,
  type ClusterPatch,
  type ClusterState,
  readClusterState,
  writeClusterState,
} from './cluster-state.ts';
import { HistoryGuard, type HistoryMark } from './history-guard.ts';
import { retryTransient } from './retry-transient.ts';
import type { SqlDatabase } from './sql-database.ts';
import type { Tables } from './tables.ts';

export type Sql = Transaction<Tables>;

/** A write's view of the locked row of the cluster. */
export interface LockedCluster {
  readonly state: ClusterState;
  update(patch: ClusterPatch): Promise<void>;
}

/**
 * Runs the transactions of the verbs. Each write locks the row of the cluster first, so writes of all processes follow one another; passing faults are
 * tried again as a whole, which every verb must survive: it may have been committed by a try whose answer was lost. After that, errors of the driver
 * become `serviceUnavailable` or what the database says.
 */
export class Transactions {
  readonly #database: SqlDatabase;
  readonly #host: Pick<PluginHost, 'logger' | 'signal'>;
  readonly #guard = new HistoryGuard();
  readonly #pending = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(database: SqlDatabase, host: Pick<PluginHost, 'logger' | 'signal'>) {
    this.#database = database;
    this.#host = host;
  }

  /** One consistent snapshot, read only. */
  read<Result>(work: (sql: Sql, state: ClusterState) => Promise<Result>): Promise<Result> {
    return this.#run((mark) =>
      this.#database.reads
        .transaction()
        .setAccessMode('read only')
        .execute(async (sql) => {
          const state = await readClusterState(sql, this.#database.flavor, 'no lock');
          this.#guard.check(mark, state);
          return { result: await work(sql, state), state };
        }),
    );
  }

  /** Only the row of the cluster: one statement, no transaction. */
  readState(): Promise<ClusterState> {
    return this.#run(async (mark) => {
      const state = await readClusterState(this.#database.reads, this.#database.flavor, 'no lock');
      this.#guard.check(mark, state);
      return { result: state, state };
    });
  }

  /** A transaction that holds the row of the cluster. */
  write<Result>(work: (sql: Sql, cluster: LockedCluster) => Promise<Result>): Promise<Result> {
    return this.#run((mark) =>
      this.#database.writes.transaction().execute(async (sql) => {
        let state = await readClusterState(sql, this.#database.flavor, 'lock');
        this.#guard.check(mark, state);
        const cluster: LockedCluster = {
          get state() {
            return state;
          },
          async update(patch) {
            await writeClusterState(sql, patch);
            state = { ...state, ...patch };
          },
        };
        return { result: await work(sql, cluster), state };
      }),
    );
  }

  /** A write that is only allowed to the current term. */
  fenced<Result>(term: number, work: (sql: Sql, cluster: LockedCluster) => Promise<Result>): Promise<Result> {
    return this.write((sql, cluster) => {
      assertTerm(cluster.state, term);
      return work(sql, cluster);
    });
  }

  /** From now on every verb is refused; those that are under way may end, within a bound. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const ended = Promise.allSettled(this.#pending);
    await Promise.race([ended, setTimeout(METADATA_LIMITS.closeTimeoutMs, undefined, { ref: false })]);
  }

  async #run<Result>(attempt: Attempt<Result>): Promise<Result> {
    const outcome = retryTransient(this.#database.flavor, this.#host, () => {
      if (this.#isClosed) throw new BraidError('serviceUnavailable', 'the metadata store is closed');
      return attempt(this.#guard.begin());
    });
    this.#pending.add(outcome);
    try {
      const { result, state } = await outcome;
      this.#guard.remember(state);
      return result;
    } finally {
      this.#pending.delete(outcome);
    }
  }
}

type Attempt<Result> = (mark: HistoryMark) => Promise<{ readonly result: Result; readonly state: ClusterState }>;
