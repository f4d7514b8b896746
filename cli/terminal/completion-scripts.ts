import type { Command } from 'commander';

export type Shell = 'bash' | 'zsh' | 'fish';

/** A command, or an action of one, with what may follow it. */
interface Completed {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  readonly actions: readonly Completed[];
  /** Its first argument is the name of a collection. */
  readonly takesCollection: boolean;
}

interface CompletedOption {
  readonly flag: string;
  readonly description: string;
  readonly choices: readonly string[];
  /** It is followed by a value. */
  readonly takesValue: boolean;
}

export function completedCommand(command: Command): Completed {
  return {
    name: command.name(),
    summary: command.description(),
    options: command.options.map((option) => ({
      flag: option.long!,
      description: option.description,
      choices: option.argChoices ?? [],
      takesValue: option.required || option.optional,
    })),
    actions: command.commands.map(completedCommand),
    takesCollection: command.registeredArguments[0]?.name() === 'collection',
  };
}

export const SHELL_SCRIPTS: Readonly<Record<Shell, (commands: readonly Completed[]) => string>> = { bash, zsh, fish };

/** Of the line so far: options that say which server is asked for names. */
const SERVER_OPTIONS = ['--address', '--config', '--database', '--token-file'];

function flagsOf(command: Completed, parent?: Completed): string {
  const options = [...command.options, ...(parent?.options ?? [])];
  return [...options.map(({ flag }) => flag), '--help'].join(' ');
}

/** `command` or `command:action`, for each of them. */
function places(commands: readonly Completed[]): { place: string; command: Completed; parent?: Completed }[] {
  return commands.flatMap((command) => [
    { place: command.name, command },
    ...command.actions.map((action) => ({ place: `${command.name}:${action.name}`, command: action, parent: command })),
  ]);
}

function bash(commands: readonly Completed[]): string {
  const cases = places(commands).map(({ place, command, parent }) => {
    const words = `words="${flagsOf(command, parent)}"`;
    const actions = `actions="${command.actions.map(({ name }) => name).join(' ')}"`;
    return `    ${place}) ${words}; ${actions}; names=${command.takesCollection ? 1 : 0} ;;`;
  });
  const choices = choicesOf(commands).map(({ flag, values }) => `    ${flag}) values="${values.join(' ')}" ;;`);
  return `_braid() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local place="" words="" actions="" names=0 values="" count=0 i server=()
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')} help --help --version" -- "$current"))
    return
  fi
  case "$previous" in
${choices.join('\n')}
  esac
  if [ -n "$values" ]; then COMPREPLY=($(compgen -W "$values" -- "$current")); return; fi
  place="\${COMP_WORDS[1]}"
  for ((i = 2; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      ${SERVER_OPTIONS.join('|')}) server+=("\${COMP_WORDS[i]}" "\${COMP_WORDS[i+1]}")
        # Readline makes words of their own of the colons in an address.
        while [ "\${COMP_WORDS[i+2]}" = ":" ]; do server[-1]+=":\${COMP_WORDS[i+3]}"; ((i += 2)); done
        ((i++)) ;;
      -*) ;;
      *) ((count++)); if [ "$count" -eq 1 ]; then
          case " ${places(commands)
            .filter(({ parent }) => parent)
            .map(({ place }) => place)
            .join(' ')} " in *" $place:\${COMP_WORDS[i]} "*) place="$place:\${COMP_WORDS[i]}"; count=0 ;; esac
        fi ;;
    esac
  done
  case "$place" in
${cases.join('\n')}
  esac
  if [[ "$current" == -* ]]; then COMPREPLY=($(compgen -W "$words" -- "$current")); return; fi
  if [ "$count" -eq 0 ] && [ "$names" -eq 1 ]; then
    COMPREPLY=($(compgen -W "$actions $("\${COMP_WORDS[0]}" complete-collections "\${server[@]}" 2>/dev/null)" -- "$current"))
    return
  fi
  COMPREPLY=($(compgen -f -- "$current"))
}
complete -o filenames -F _braid braid
`;
}

/** Every option that has choices, once. */
function choicesOf(commands: readonly Completed[]): { flag: string; values: readonly string[] }[] {
  const options = places(commands).flatMap(({ command }) => command.options);
  const found = new Map(
    options.filter(({ choices }) => choices.length > 0).map(({ flag, choices }) => [flag, choices]),
  );
  return [...found].map(([flag, values]) => ({ flag, values }));
}

function zsh(commands: readonly Completed[]): string {
  const escaped = (text: string): string =>
    text.replace(/['\\[\]:]/g, (letter) => (letter === "'" ? "'\\''" : `\\${letter}`));
  const described = (list: readonly Completed[]): string =>
    list.map(({ name, summary }) => `'${name}:${escaped(summary)}'`).join(' ');
  const specOf = ({ flag, description, choices, takesValue }: CompletedOption): string => {
    const value = choices.length > 0 ? `:value:(${choices.join(' ')})` : takesValue ? ':value:_files' : '';
    return `'${flag}[${escaped(description)}]${value}'`;
  };
  const cases = places(commands).map(({ place, command, parent }) => {
    const first = command.takesCollection ? ["'1:collection:_braid_collections'"] : [];
    const specs = [...command.options, ...(parent?.options ?? [])].map(specOf);
    return `    ${place}) _arguments ${[...specs, ...first, "'*:file:_files'"].join(' ')} ;;`;
  });
  const withActions = commands.filter(({ actions }) => actions.length > 0);
  return `#compdef braid
_braid_collections() {
  local -a names actions server
  local i
  for (( i = 1; i <= $#words; i++ )); do
    case "$words[i]" in
      ${SERVER_OPTIONS.join('|')}) server+=("$words[i]" "$words[i+1]") ;;
    esac
  done
  names=(\${(f)"$(braid complete-collections $server 2>/dev/null)"})
  case "$_braid_place" in
${withActions.map(({ name, actions }) => `    ${name}) actions=(${described(actions)}); _describe action actions ;;`).join('\n')}
  esac
  (( $#names )) && compadd -a names
}
_braid() {
  local -a commands
  local _braid_place
  commands=(${described(commands)})
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  shift words; (( CURRENT-- ))
  _braid_place="$words[1]"
  case "$words[1]:$words[2]" in
    ${
      places(commands)
        .filter(({ parent }) => parent)
        .map(({ place }) => place)
        .join('|') || '""'
    }) if (( CURRENT > 2 )); then _braid_place="$words[1]:$words[2]"; shift words; (( CURRENT-- )); fi ;;
  esac
  case "$_braid_place" in
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = "_braid" ]; then _braid "$@"; else compdef _braid braid; fi
`;
}

function fish(commands: readonly Completed[]): string {
  const quoted = (text: string): string => `'${text.replace(/[\\']/g, (letter) => `\\${letter}`)}'`;
  const optionLine = (seen: string, { flag, description, choices, takesValue }: CompletedOption): string => {
    const value = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r' : '';
    return `complete -c braid -n '__fish_seen_subcommand_from ${seen}' -l ${flag.slice(2)}${value} -d ${quoted(description)}`;
  };
  const lines = commands.flatMap(({ name, summary, options, actions, takesCollection }) => [
    `complete -c braid -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
    ...options.map((option) => optionLine(name, option)),
    ...actions.flatMap((action) => [
      `complete -c braid -n '__fish_seen_subcommand_from ${name}' -f -a ${action.name} -d ${quoted(action.summary)}`,
      ...action.options.map((option) => optionLine(action.name, option)),
    ]),
    ...(takesCollection
      ? [`complete -c braid -n '__fish_seen_subcommand_from ${name}' -a '(__braid_collections)'`]
      : []),
  ]);
  return `function __braid_collections
  set -l words (commandline -opc)
  set -l server
  for i in (seq (count $words))
    if contains -- $words[$i] ${SERVER_OPTIONS.join(' ')}
      set -a server $words[$i] $words[(math $i + 1)]
    end
  end
  braid complete-collections $server 2>/dev/null
end
${lines.join('\n')}
`;
}
