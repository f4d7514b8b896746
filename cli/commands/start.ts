import { type Command, Option } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { runUntilStopped } from '../run-until-stopped.ts';

const ROLES = {
  all: ['router', 'writer', 'reader'],
  router: ['router'],
  writer: ['writer'],
  reader: ['reader'],
} as const;

interface StartOptions {
  readonly role?: keyof typeof ROLES;
  readonly config?: string;
}

export function defineStart(command: Command): void {
  command
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
    .action(async (options: StartOptions) => {
      const roles = options.role && { roles: ROLES[options.role] };
      await runUntilStopped(await loadConfig({ file: options.config, ...(roles && { options: roles }) }));
    });
}
