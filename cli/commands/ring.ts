import type { Command } from 'commander';
import type { PlacementExplanation } from '../../plugins/routing/routing.ts';
import { type AddressOptions, addManagementOptions, managementAddress } from '../client/addresses.ts';
import { managementPage } from '../client/management-page.ts';
import { readToken } from '../client/read-token.ts';
import type { StatusPage } from '../compose/page-shapes.ts';
import { bytesText } from '../terminal/amounts.ts';
import { printJson } from '../terminal/print-json.ts';
import { printTable } from '../terminal/print-table.ts';

const BAR_CHARACTERS = 40;

/** What one resource group's readers have of the keys and of the data. */
interface GroupRing {
  readonly group: string;
  readonly strategy: string;
  readonly members: readonly RingMember[];
}

interface RingMember {
  readonly nodeId: string;
  readonly address: string;
  /** Places on the ring; undefined where the strategy has none. */
  readonly points: number | undefined;
  /** Of the keys, 0 to 1; undefined where the strategy has none. */
  readonly share: number | undefined;
  /** Of the segments of all collections that belong here. */
  readonly byteLength: number;
}

export function defineRing(command: Command): void {
  addManagementOptions(command)
    .addHelpText(
      'after',
      `
A ring is drawn from the placement of collections: without a loaded collection there is none.

Examples:
  braid ring
  braid ring --json`,
    )
    .action(async (options: AddressOptions) => {
      const status = await managementPage<StatusPage>(
        await managementAddress(options),
        '/status',
        await readToken(options),
      );
      const rings = ringsOf(status);
      if (options.json) return printJson(rings);
      if (rings.length === 0) process.stdout.write('no ring: no collection is loaded\n');
      for (const ring of rings) print(ring);
    });
}

function ringsOf({ collections, members }: StatusPage): GroupRing[] {
  const byGroup = new Map<string, PlacementExplanation[]>();
  for (const { placement } of collections) {
    for (const [group, explanation] of Object.entries(placement.explanations))
      byGroup.set(group, [...(byGroup.get(group) ?? []), explanation]);
  }
  return [...byGroup].map(([group, explanations]) => {
    const bytes = new Map<string, number>();
    for (const { bytesPerMember = {} } of explanations) {
      for (const [nodeId, count] of Object.entries(bytesPerMember)) bytes.set(nodeId, (bytes.get(nodeId) ?? 0) + count);
    }
    // The ring of a group is the same for all of its collections.
    const ring = explanations.find((one) => one.ring?.length)?.ring ?? [];
    const nodeIds = new Set([...ring.map(({ nodeId }) => nodeId), ...bytes.keys()]);
    return {
      group,
      strategy: explanations[0]!.strategy,
      members: [...nodeIds].map((nodeId) => {
        const place = ring.find((one) => one.nodeId === nodeId);
        return {
          nodeId,
          address: members.find((member) => member.nodeId === nodeId)?.address ?? '',
          points: place?.points,
          share: place?.share,
          byteLength: bytes.get(nodeId) ?? 0,
        };
      }),
    };
  });
}

function print({ group, strategy, members }: GroupRing): void {
  process.stdout.write(`ring of ${strategy} in ${group}\n`);
  printTable(
    ['member', 'address', 'points', 'placed on it', 'share', ''],
    members.map(({ nodeId, address, points, share, byteLength }) => [
      nodeId,
      address,
      points === undefined ? '' : String(points),
      bytesText(byteLength),
      share === undefined ? '' : `${(share * 100).toFixed(1)} %`,
      '█'.repeat(Math.round((share ?? 0) * BAR_CHARACTERS)),
    ]),
  );
}
