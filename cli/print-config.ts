import type { Config } from '../config/config.ts';
import { describeConfig } from '../config/describe-config.ts';
import { printTable } from './print-table.ts';

/** `braid config`. */
export function printConfig(config: Config, asJson: boolean): void {
  const rows = describeConfig(config);
  if (asJson) {
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  printTable(
    ['setting', 'value', 'from', 'variable'],
    rows.map((row) => [row.name, row.value, row.source, row.variable]),
  );
  process.stdout.write(`\nfile: ${config.configFile ?? 'none (braid config --example prints one)'}\n`);
}
