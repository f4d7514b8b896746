import { Argument, type Command } from 'commander';
import { createProgram } from '../program.ts';

type Shell = 'bash' | 'zsh' | 'fish';

/** A command with the options that may follow it. */
interface Completed {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly { readonly flag: string; readonly description: string }[];
}

export function defineCompletion(command: Command): void {
  command
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      `
Examples:
  source <(braid completion bash)          for this shell; put the line into ~/.bashrc to keep it
  braid completion zsh > "\${fpath[1]}/_braid"
  braid completion fish > ~/.config/fish/completions/braid.fish`,
    )
    .action(async (shell: Shell) => {
      const program = await createProgram(undefined, true);
      process.stdout.write(SCRIPTS[shell](program.commands.map(completed)));
    });
}

function completed(command: Command): Completed {
  return {
    name: command.name(),
    summary: command.description(),
    options: command.options.map((option) => ({ flag: option.long!, description: option.description })),
  };
}

const SCRIPTS: Readonly<Record<Shell, (commands: readonly Completed[]) => string>> = { bash, zsh, fish };

function bash(commands: readonly Completed[]): string {
  const cases = commands.map(
    ({ name, options }) => `    ${name}) words="${[...options.map(({ flag }) => flag), '--help'].join(' ')}" ;;`,
  );
  return `_braid() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${commands.map(({ name }) => name).join(' ')} help --help --version"
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  if [[ "$current" == -* ]]; then COMPREPLY=($(compgen -W "$words" -- "$current"));
  else COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _braid braid
`;
}

function zsh(commands: readonly Completed[]): string {
  const escaped = (text: string): string =>
    text.replace(/['\\[\]:]/g, (letter) => (letter === "'" ? "'\\''" : `\\${letter}`));
  const names = commands.map(({ name, summary }) => `    '${name}:${escaped(summary)}'`);
  const cases = commands.map(({ name, options }) => {
    const flags = options.map(({ flag, description }) => `'${flag}[${escaped(description)}]'`);
    return `    ${name}) _arguments ${[...flags, "'*:file:_files'"].join(' ')} ;;`;
  });
  return `#compdef braid
_braid() {
  local -a commands
  commands=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  shift words; (( CURRENT-- ))
  case "$words[1]" in
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = "_braid" ]; then _braid "$@"; else compdef _braid braid; fi
`;
}

function fish(commands: readonly Completed[]): string {
  const quoted = (text: string): string => `'${text.replace(/[\\']/g, (letter) => `\\${letter}`)}'`;
  const lines = commands.flatMap(({ name, summary, options }) => [
    `complete -c braid -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
    ...options.map(
      ({ flag, description }) =>
        `complete -c braid -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)} -d ${quoted(description)}`,
    ),
  ]);
  return `${lines.join('\n')}\n`;
}
