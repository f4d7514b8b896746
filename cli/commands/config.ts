import type { Command } from 'commander';
import type { Config } from '../../config/config.ts';
import { describeConfig } from '../../config/describe-config.ts';
import { exampleConfig } from '../../config/example-config.ts';
import { loadConfig } from '../../config/load-config.ts';
import { printTable } from '../terminal/print-table.ts';

interface ConfigOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly example?: boolean;
}

export function defineConfig(command: Command): void {
  command
    .option('--config <file>', 'settings in YAML')
    .option('--json', 'for programs')
    .option('--example', 'print a documented settings file instead')
    .addHelpText('after', '\nExamples:\n  braid config\n  braid config --example > braid.yaml')
    .action(async (options: ConfigOptions) => {
      if (options.example) process.stdout.write(exampleConfig());
      else printConfig(await loadConfig({ file: options.config }), options.json ?? false);
    });
}

function printConfig(config: Config, asJson: boolean): void {
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
