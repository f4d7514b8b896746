import { randomUUID } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { sql } from 'kysely';
import { checkSettings } from '../../config/check-settings.ts';
import type { Config } from '../../config/config.ts';
import type { MetadataStore } from '../../plugins/metadata/metadata.ts';
import { openMysql } from '../../plugins/metadata/mysql/open-mysql.ts';
import mysql from '../../plugins/metadata/mysql.ts';
import sqlite from '../../plugins/metadata/sqlite.ts';
import { openPlugin } from '../../plugins/open-plugin.ts';
import type { PluginHost } from '../../plugins/plugin.ts';
import { isNetworkMount } from '../../plugins/storage/network-mount.ts';
import { clockFinding, readClock } from './clock-finding.ts';
import { type Check, type Finding, fail, ok, warn } from './finding.ts';
import { DOCTOR_LIMITS } from './limits.ts';

const LATENCY_READS = 7;

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
  return [
    ...found,
    ok(`${config.metadata.use}: catalog version ${version}, ${leader}`),
    await checkLatency(store),
    ...(await checkPlace(config)),
  ];
}

/** Of what routers ask it all the time. */
async function checkLatency(store: MetadataStore): Promise<Finding> {
  const tookMs: number[] = [];
  for (let i = 0; i < LATENCY_READS; i++) {
    const start = performance.now();
    await store.catalogVersion();
    tookMs.push(performance.now() - start);
  }
  const median = tookMs.sort((a, b) => a - b)[LATENCY_READS >> 1]!;
  const seen = `a read takes ${median.toFixed(1)} ms (median of ${LATENCY_READS})`;
  const todo = 'bring it nearer: starts, new views and changes of collections wait for it';
  return median > DOCTOR_LIMITS.metadataReadMsWarn ? warn(seen, todo) : ok(seen);
}

/** SQLite relies on locks of files, which many network mounts do not keep (sqlite.org/faq.html#q5). */
async function checkPlace({ metadata, dataFolder }: Config): Promise<Finding[]> {
  if (metadata.use !== 'sqlite') return [];
  const { path } = checkSettings(sqlite.options, metadata.with, 'metadata.with');
  const folder = path === undefined ? dataFolder : dirname(resolve(dataFolder, path));
  if (!(await isNetworkMount(folder))) return [];
  return [
    warn(`${folder} is on a network mount`, 'SQLite needs locks that many of them lack: use mysql, or a local disk'),
  ];
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
    clockFinding('its', readClock(Number(now), before, after)),
    await checkRights(database),
  ];
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
