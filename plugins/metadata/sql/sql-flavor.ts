import type { Kysely, RawBuilder } from 'kysely';
import type { ErrorName } from '../../../core/errors.ts';
import type { Tables } from './tables.ts';

/** What differs between the databases that speak SQL; everything else is written once. */
export interface SqlFlavor {
  /** For messages: the file, or host, port and database. */
  readonly location: string;
  /** True where `select ... for update` locks rows; false where a write transaction locks the whole database. */
  readonly hasRowLocks: boolean;
  /** The database's own clock as milliseconds since the epoch, as an expression of the statement it is used in. */
  nowMs(): RawBuilder<number>;
  /** Column types and table options of the migrations. Names and keys compare byte by byte, trailing spaces included. */
  readonly columnTypes: ColumnTypes;
  tableOptions(database: Kysely<Tables>): Promise<string>;
  /** What an error of the driver means; undefined for an error that is none of the driver's. */
  classify(error: unknown): SqlFailure | undefined;
}

export interface ColumnTypes {
  /** A safe integer. */
  readonly integer: RawBuilder<unknown>;
  /** A name or key that is compared and indexed. */
  readonly key: RawBuilder<unknown>;
  /** A timestamp in decimal. */
  readonly timestamp: RawBuilder<unknown>;
  /** Text of any length. */
  readonly document: RawBuilder<unknown>;
}

/**
 * - `transient`: the same transaction may succeed if it is run again, and running it again is safe.
 * - `constraint`: the values do not fit (a duplicate, too long): a bug of the caller.
 * - `environment`: an operator must do something; the message says what.
 */
export interface SqlFailure {
  readonly category: 'transient' | 'constraint' | 'environment';
  readonly kind: ErrorName;
  readonly message: string;
}
