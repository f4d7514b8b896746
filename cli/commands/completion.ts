import { Argument, type Command } from 'commander';
import { createProgram } from '../program.ts';
import { completedCommand, SHELL_SCRIPTS, type Shell } from '../terminal/completion-scripts.ts';

export function defineCompletion(command: Command): void {
  command
    .addArgument(new Argument('<shell>').choices(Object.keys(SHELL_SCRIPTS)))
    .addHelpText(
      'after',
      `
Commands, actions, options, their choices, files, and the names of collections: those of the server that --address or
the settings name, if it answers within a second.

Examples:
  source <(braid completion bash)          for this shell; put the line into ~/.bashrc to keep it
  braid completion zsh > "\${fpath[1]}/_braid"
  braid completion fish > ~/.config/fish/completions/braid.fish`,
    )
    .action(async (shell: Shell) => {
      const program = await createProgram(undefined, true);
      process.stdout.write(SHELL_SCRIPTS[shell](program.commands.map((one) => completedCommand(one))));
    });
}
