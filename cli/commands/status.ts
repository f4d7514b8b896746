import type { Command } from 'commander';
import { type AddressOptions, addManagementOptions, managementAddress } from '../client/addresses.ts';
import { type ClusterAlert, clusterAlerts } from '../client/cluster-alerts.ts';
import { managementPage } from '../client/management-page.ts';
import { readToken } from '../client/read-token.ts';
import type { CollectionPage, MemberPage, StatusPage } from '../compose/page-shapes.ts';
import { bytesText, durationText } from '../terminal/amounts.ts';
import { paint, type Tone } from '../terminal/paint.ts';
import { printJson } from '../terminal/print-json.ts';
import { printTable } from '../terminal/print-table.ts';

const TONES: Readonly<Record<string, Tone>> = {
  healthy: 'good',
  draining: 'poor',
  new: 'poor',
  ejected: 'poor',
  down: 'bad',
};
const RULE = '  -> ';

export function defineStatus(command: Command): void {
  addManagementOptions(command)
    .addHelpText(
      'after',
      `
The members as a router sees them, the collections with their sealed rows, and what should be looked at. A writer that
stands by is down until it leads. Behind: how far readers are behind the writer. Sealed: up to when rows are sealed. Exit code 0 if a router answers, whatever it says: braid status --json has the same under "alerts".

Examples:
  braid status
  braid status --address 10.0.0.5:9091
  braid status --json | jq '.alerts'
  watch braid status`,
    )
    .action(async (options: AddressOptions) => {
      const address = await managementAddress(options);
      const status = await managementPage<StatusPage>(address, '/status', await readToken(options));
      const alerts = clusterAlerts(status);
      if (options.json) return printJson({ ...status, alerts });
      print(status, address, alerts);
    });
}

function print(status: StatusPage, address: string, alerts: readonly ClusterAlert[]): void {
  const { nodeId, roles, version, members, collections } = status;
  process.stdout.write(`${headline(alerts)}  (Braid ${version}, asked ${nodeId} on ${address}: ${roles.join(', ')})\n`);
  for (const { tone, seen, todo } of alerts) process.stdout.write(`${paint(seen, tone)}\n${RULE}${todo}\n`);
  if (members.length > 0) {
    process.stdout.write('\n');
    printMembers(members);
  }
  if (collections.length > 0) {
    process.stdout.write('\n');
    printCollections(collections);
  }
}

function headline(alerts: readonly ClusterAlert[]): string {
  if (alerts.length === 0) return paint('all is well', 'good');
  const worst = alerts[0]!.tone;
  return paint(`${alerts.length} to look at`, worst);
}

function printMembers(members: readonly MemberPage[]): void {
  const versions = new Set(members.map(({ version }) => version));
  const mixed = versions.size > 1 ? ['version'] : [];
  printTable(
    ['address', 'roles', 'health', 'calls', 'segments', 'memory', 'term', ...mixed, 'member'],
    members.map((member) => [
      member.address,
      member.roles.join(','),
      paint(member.health, TONES[member.health] ?? 'quiet'),
      String(member.callsRunning),
      String(member.readySegments),
      bytesText(member.memoryBytes ?? 0),
      member.term === undefined ? '' : String(member.term),
      ...mixed.map(() => member.version),
      member.nodeId,
    ]),
  );
}

function printCollections(collections: readonly CollectionPage[]): void {
  printTable(
    ['collection', 'state', 'rows', 'deleted', 'segments', 'size', 'replicas', 'behind', 'sealed'],
    collections.map(({ segments, placement, ...one }) => [
      `${one.database}.${one.name}`,
      one.loaded ? 'loaded' : paint('not loaded', 'quiet'),
      String(sum(segments.map(({ rows }) => rows))),
      String(sum(segments.map(({ deleted }) => deleted))),
      String(segments.length),
      bytesText(sum(segments.map(({ byteLength }) => byteLength))),
      one.loaded ? `${placement.replicas.length}/${one.replicasWanted}` : '',
      one.behindMs === undefined ? '' : durationText(one.behindMs),
      one.sealedAtMs === 0 ? '' : `${durationText(Math.max(0, Date.now() - one.sealedAtMs))} ago`,
    ]),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
