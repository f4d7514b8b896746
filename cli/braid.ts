import { Command, Option } from 'commander';
import { exampleConfig } from '../config/example-config.ts';
import { loadConfig } from '../config/load-config.ts';
import { BraidError } from '../core/errors.ts';
import { printConfig } from './print-config.ts';
import { printStatus } from './print-status.ts';
import { runUntilStopped } from './run-until-stopped.ts';

/** The `braid` command. */

const ROLES = {
  all: ['router', 'writer', 'reader'],
  router: ['router'],
  writer: ['writer'],
  reader: ['reader'],
} as const;

interface CommonOptions {
  readonly config?: string;
}

const program = new Command('braid').description('A vector search cluster that speaks the Milvus API.');

program
  .command('start')
  .description('run a router, a writer, a reader, or all of them in one process')
  .addOption(
    new Option('--role <role>', 'what this process is (default: the setting "roles", which is all)').choices(
      Object.keys(ROLES),
    ),
  )
  .option('--config <file>', 'settings in YAML (default: braid.yaml, if there is one)')
  .addHelpText(
    'after',
    `
Examples:
  braid start                                      everything in one process on 127.0.0.1:19530, data in ./data
  braid start --role reader --config reader.yaml   a reader of a cluster
  BRAID_ROUTER_PORT=19531 braid start              every setting is a variable, too: see braid config`,
  )
  .action(async (options: CommonOptions & { readonly role?: keyof typeof ROLES }) => {
    const roles = options.role && { roles: ROLES[options.role] };
    await runUntilStopped(await loadConfig({ file: options.config, ...(roles && { options: roles }) }));
  });

program
  .command('status')
  .description('members, roles, placement, segments and who serves them')
  .option('--config <file>', 'settings of the process to ask (its management port)')
  .option('--address <host:port>', 'management port of a router (default: that of the settings)')
  .option('--json', 'for programs')
  .addHelpText('after', '\nExamples:\n  braid status\n  braid status --address 10.0.0.5:9091 --json')
  .action(async (options: CommonOptions & { readonly address?: string; readonly json?: boolean }) => {
    const { management } = await loadConfig({ file: options.config });
    await printStatus(options.address ?? `${management.host}:${management.port}`, options.json ?? false);
  });

program
  .command('config')
  .description('every setting: its value, its variable, and where the value comes from')
  .option('--config <file>', 'settings in YAML')
  .option('--json', 'for programs')
  .option('--example', 'print a documented settings file instead')
  .addHelpText('after', '\nExamples:\n  braid config\n  braid config --example > braid.yaml')
  .action(async (options: CommonOptions & { readonly json?: boolean; readonly example?: boolean }) => {
    if (options.example) process.stdout.write(exampleConfig());
    else printConfig(await loadConfig({ file: options.config }), options.json ?? false);
  });

try {
  await program.parseAsync();
} catch (error) {
  // What a person can mend is one line; anything else is a bug and keeps its stack.
  const line = error instanceof BraidError ? `braid: ${error.message}` : ((error as Error).stack ?? error);
  // Something that was half opened may still hold the process.
  process.stderr.write(`${line}\n`, () => process.exit(1));
}
