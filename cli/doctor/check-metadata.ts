import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { checkSettings } from '../../config/check-settings.ts';
import type { Config } from '../../config/config.ts';
import { openMysql } from '../../plugins/metadata/mysql/open-mysql.ts';
import mysql from '../../plugins/metadata/mysql.ts';
import { openPlugin } from '../../plugins/open-plugin.ts';
import type { PluginHost } from '../../plugins/plugin.ts';
import { type Check, type Finding, fail, ok, warn } from './finding.ts';
import { DOCTOR_LIMITS } from './limits.ts';

/** The metadata store: reachable, of which version, with which rights, and what its clock says. */
export const metadataChecks: readonly Check[] = [{ name: 'metadata', run: checkMetadata }];

async function checkMetadata(config: Config, host: PluginHost): Promise<Finding[]> {
  const isMysql = config.metadata.use === 'mysql';
  const found = isMysql ? await checkMysql(config, host) : [];
  if (found.some(({ state }) => state === 'fail')) return found;
  const store = await openPlugin('metadata', config.metadata, host, DOCTOR_LIMITS.checkMsMax);
  await using _ = store;
  const version = await store.catalogVersion();
  const lease = await store.currentLease();
  const leader = lease ? `writer ${lease.holder} leads (term ${lease.term})` : 'no writer leads';
  return [...found, ok(`${config.metadata.use}: catalog version ${version}, ${leader}`)];
}

async function checkMysql(config: Config, host: PluginHost): Promise<Finding[]> {
  const options = checkSettings(mysql.options, config.metadata.with, 'metadata.with');
  await using database = await openMysql(options, host);
  const { reads, flavor } = database;
  const before = Date.now();
  const answer = await sql<{ readonly version: string; readonly now: number }>`
    select version() as version, ${flavor.nowMs()} as now`.execute(reads);
  const after = Date.now();
  const { version, now } = answer.rows[0]!;
  return [
    ok(`${flavor.location} answers in ${after - before} ms, version ${version}`),
    checkClock(Number(now) - (before + after) / 2, (after - before) / 2),
    await checkRights(database),
  ];
}

/** The skew is known to half the time that the question took. */
function checkClock(skewMs: number, uncertaintyMs: number): Finding {
  const seen = `its clock is ${Math.abs(skewMs).toFixed(0)} ms ${skewMs < 0 ? 'behind' : 'ahead of'} this machine's (± ${uncertaintyMs.toFixed(0)} ms)`;
  const surely = Math.abs(skewMs) - uncertaintyMs;
  const todo = 'let NTP (chrony, systemd-timesyncd) set the clocks of all machines';
  if (surely > DOCTOR_LIMITS.clockSkewMsFail) return fail(seen, todo);
  return surely > DOCTOR_LIMITS.clockSkewMsWarn ? warn(seen, todo) : ok(seen);
}

/** Makes a table as a start does, writes into it and drops it. */
async function checkRights({ writes }: Awaited<ReturnType<typeof openMysql>>): Promise<Finding> {
  const table = sql.id(`braid_doctor_${randomUUID().slice(0, 8)}`);
  try {
    await sql`create table ${table} (id integer primary key)`.execute(writes);
    try {
      await sql`insert into ${table} values (1)`.execute(writes);
    } finally {
      await sql`drop table ${table}`.execute(writes);
    }
    return ok('tables can be made, written and dropped');
  } catch (error) {
    return fail((error as Error).message, 'as an administrator: GRANT ALL ON <database>.* TO <user>');
  }
}
