import type { Command } from 'commander';
import { type AddressOptions, addManagementOptions, managementAddress } from '../client/addresses.ts';
import { managementPage } from '../client/management-page.ts';
import type { StatusPage } from '../compose/page-shapes.ts';
import { printJson } from '../terminal/print-json.ts';
import { printTable } from '../terminal/print-table.ts';

const MEGABYTE = 1024 ** 2;

export function defineStatus(command: Command): void {
  addManagementOptions(command)
    .addHelpText('after', '\nExamples:\n  braid status\n  braid status --address 10.0.0.5:9091 --json')
    .action(async (options: AddressOptions) => {
      const status = await managementPage<StatusPage>(await managementAddress(options), '/status');
      if (options.json) return printJson(status);
      printMembers(status);
      printRing(status);
      for (const collection of status.collections) printCollection(collection);
    });
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

/** The ring of a group is the same for all collections: that of the first in the list is shown. */
function printRing({ members, collections }: StatusPage): void {
  const explanations = collections.flatMap(({ placement }) => Object.values(placement.explanations));
  const [first] = explanations;
  if (!first?.ring?.length) return;
  const placed = (nodeId: string): number =>
    explanations.reduce((sum, { bytesPerMember }) => sum + (bytesPerMember?.[nodeId] ?? 0), 0);
  process.stdout.write(`\nring of ${first.strategy}\n`);
  printTable(
    ['member', 'address', 'points', 'share of the ring', 'segments placed on it'],
    first.ring.map(({ nodeId, points, share }) => [
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
  const { replicas, moving, explanations } = collection.placement;
  const [explained] = Object.values(explanations);
  const placedBy = explained?.placedBy ?? explained?.strategy ?? 'nobody';
  process.stdout.write(
    `\n${collection.database}.${collection.name}  ${state}, view ${collection.viewVersion}, ${collection.segments.length} sealed segments, placed by ${placedBy}, replicas in ${replicas.join(' ') || 'no group'}\n`,
  );
  for (const { id, to, servedBy } of moving) {
    const server = servedBy.length > 0 ? `served by ${servedBy.join(' ')}` : 'loaded when it is asked for';
    process.stdout.write(`segment ${id} moves to ${to.join(' ')}, meanwhile ${server}\n`);
  }
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
