import { Command } from 'commander';
import { COMMANDS, HIDDEN_COMMANDS } from './commands/commands.ts';
import { programInfo } from './program-info.ts';

const EXIT_CODES = `
Exit codes:
  0    done
  1    it failed: standard error says why and what to do
  70   braid start: this writer was succeeded by another one, or cannot go on; start it again
  130  interrupted (Ctrl-C)

Settings come from --config, from the variables BRAID_..., and from braid.yaml in this folder: see braid config.`;

/**
 * The command line. Only the command that is asked for is loaded with its options, so that no command waits for what it does not need; the others are there by name.
 * `everything` loads all of them: for completion and for the documentation.
 */
export async function createProgram(wanted: string | undefined, everything = false): Promise<Command> {
  const program = new Command('braid')
    .description('A vector search cluster that speaks the Milvus API.')
    .version(programInfo().version)
    // braid.mjs has seen to it already.
    .option('--no-color', 'no colours, as with NO_COLOR=1')
    .addHelpText('after', EXIT_CODES);
  for (const { name, summary, load } of COMMANDS) {
    const command = program.command(name).description(summary);
    if (everything || name === wanted) (await load())(command);
  }
  const hidden = HIDDEN_COMMANDS.find(({ name }) => name === wanted);
  if (hidden) (await hidden.load())(program.command(hidden.name, { hidden: true }));
  return program;
}
