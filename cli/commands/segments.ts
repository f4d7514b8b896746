import type { Command } from 'commander';
import { BraidError } from '../../core/errors.ts';
import { type AddressOptions, addManagementOptions, managementAddress } from '../client/addresses.ts';
import { managementPage } from '../client/management-page.ts';
import { readToken } from '../client/read-token.ts';
import type { CollectionPage, SegmentPage, StatusPage } from '../compose/page-shapes.ts';
import { bytesText } from '../terminal/amounts.ts';
import { printJson } from '../terminal/print-json.ts';
import { printTable } from '../terminal/print-table.ts';

interface SegmentsOptions extends AddressOptions {
  readonly moving?: boolean;
}

interface SegmentRow extends SegmentPage {
  readonly database: string;
  readonly collection: string;
  /** Addresses of the readers that have still to load it. */
  readonly movingTo: readonly string[];
}

export function defineSegments(command: Command): void {
  addManagementOptions(command.argument('[collection]', 'only those of this one: name, or database.name'))
    .option('--moving', 'only those that a reader has still to load')
    .addHelpText(
      'after',
      `
Rows that are not sealed yet are in the writer's memory and its log, in no segment of this list.

Examples:
  braid segments
  braid segments books --json
  braid segments --moving --address 10.0.0.5:9091`,
    )
    .action(async (name: string | undefined, options: SegmentsOptions) => {
      const { collections } = await managementPage<StatusPage>(
        await managementAddress(options),
        '/status',
        await readToken(options),
      );
      const chosen = name === undefined ? collections : collections.filter((one) => isNamed(one, name));
      if (name !== undefined && chosen.length === 0) {
        const names = collections.map((one) => one.name).join(', ') || 'none';
        throw new BraidError('collectionNotFound', `there is no collection ${name}; there are: ${names}`);
      }
      const rows = chosen.flatMap(rowsOf).filter((row) => !options.moving || row.movingTo.length > 0);
      if (options.json) printJson(rows);
      else print(rows);
    });
}

function isNamed({ database, name }: CollectionPage, wanted: string): boolean {
  return wanted === name || wanted === `${database}.${name}`;
}

function rowsOf({ database, name, segments, placement }: CollectionPage): SegmentRow[] {
  const moving = new Map(placement.moving.map(({ id, to }) => [id, to]));
  return segments.map((segment) => ({
    database,
    collection: name,
    ...segment,
    movingTo: moving.get(segment.id) ?? [],
  }));
}

function print(rows: readonly SegmentRow[]): void {
  if (rows.length === 0) {
    process.stdout.write('no segments\n');
    return;
  }
  printTable(
    ['collection', 'segment', 'partition', 'rows', 'deleted', 'size', 'ready on', 'moving to'],
    rows.map((row) => [
      `${row.database}.${row.collection}`,
      String(row.id),
      row.partition,
      String(row.rows),
      String(row.deleted),
      bytesText(row.byteLength),
      row.readyOn.join(' ') || '-',
      row.movingTo.join(' '),
    ]),
  );
}
