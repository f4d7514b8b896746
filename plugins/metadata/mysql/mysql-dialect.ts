import {
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  type QueryCompiler,
} from 'kysely';
import type { Pool } from 'mysql2/promise';
import { MysqlDriver } from './mysql-driver.ts';

/** Kysely over a pool of mysql2, with our driver. */
export class MysqlDialect implements Dialect {
  readonly #pool: Pool;
  readonly #statementTimeoutMs: number;

  constructor(pool: Pool, statementTimeoutMs: number) {
    this.#pool = pool;
    this.#statementTimeoutMs = statementTimeoutMs;
  }

  createDriver(): Driver {
    return new MysqlDriver(this.#pool, this.#statementTimeoutMs);
  }

  createQueryCompiler(): QueryCompiler {
    return new MysqlQueryCompiler();
  }

  createAdapter(): DialectAdapter {
    return new MysqlAdapter();
  }

  createIntrospector(database: Kysely<unknown>): DatabaseIntrospector {
    return new MysqlIntrospector(database);
  }
}
