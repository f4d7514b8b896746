import { BraidError } from '../core/errors.ts';
import type { StatusPage } from './compose/status-pages.ts';
import { printTable } from './print-table.ts';

const MEGABYTE = 1024 ** 2;

/** `braid status`: asks a router's management port. */
export async function printStatus(address: string, asJson: boolean): Promise<void> {
  const url = `http://${address}/status`;
  const answer = await fetch(url).catch((cause: Error) => {
    throw new BraidError(
      'serviceUnavailable',
      `nothing answers on ${address}: is Braid running, and is this its management port?`,
      { cause },
    );
  });
  if (!answer.ok) throw new BraidError('serviceUnavailable', `${url} answers ${answer.status}: ${await answer.text()}`);
  const status = (await answer.json()) as StatusPage;
  if (asJson) {
    process.stdout.write(`${JSON.stringify(status, null, 2)}\n`);
    return;
  }
  printMembers(status);
  printRing(status);
  for (const collection of status.collections) printCollection(collection);
}

function printMembers({ nodeId, roles, members }: StatusPage): void {
  process.stdout.write(`asked ${nodeId} (${roles.join(', ')})\n\n`);
  printTable(
    ['member', 'address', 'roles', 'health', 'calls', 'segments ready', 'memory', 'term'],
    members.map((member) => [
      member.nodeId,
      member.address,
      member.roles.join(','),
      member.health,
      String(member.callsRunning),
      String(member.readySegments),
      `${((member.memoryBytes ?? 0) / MEGABYTE).toFixed(1)} MB`,
      member.term === undefined ? '' : String(member.term),
    ]),
  );
}

/** The ring is the same for all collections: that of the first is shown. */
function printRing({ members, collections }: StatusPage): void {
  const ring = collections[0]?.placement.ring ?? [];
  if (ring.length === 0) return;
  const placed = (nodeId: string): number =>
    collections.reduce((sum, { placement }) => sum + (placement.bytesPerMember?.[nodeId] ?? 0), 0);
  process.stdout.write(`\nring of ${collections[0]!.placement.strategy}\n`);
  printTable(
    ['member', 'address', 'points', 'share of the ring', 'segments placed on it'],
    ring.map(({ nodeId, points, share }) => [
      nodeId,
      members.find((member) => member.nodeId === nodeId)?.address ?? '',
      String(points),
      `${(share * 100).toFixed(1)} %`,
      `${(placed(nodeId) / MEGABYTE).toFixed(1)} MB`,
    ]),
  );
}

function printCollection(collection: StatusPage['collections'][number]): void {
  const state = collection.loaded ? 'loaded' : 'not loaded';
  process.stdout.write(
    `\n${collection.database}.${collection.name}  ${state}, view ${collection.viewVersion}, ${collection.segments.length} sealed segments, placed by ${collection.placement.placedBy ?? collection.placement.strategy}\n`,
  );
  if (collection.segments.length === 0) return;
  printTable(
    ['segment', 'partition', 'rows', 'deleted', 'size', 'ready on'],
    collection.segments.map((segment) => [
      String(segment.id),
      segment.partition,
      String(segment.rows),
      String(segment.deleted),
      `${(segment.byteLength / MEGABYTE).toFixed(1)} MB`,
      segment.readyOn.join(' ') || '-',
    ]),
  );
}
