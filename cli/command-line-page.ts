import type { Command } from 'commander';
import { createProgram } from './program.ts';

const PAGE_CHARACTERS = 110;

const HEAD = `# Command line

What \`braid COMMAND --help\` prints, for all commands (in a clone: \`node_modules/.bin/node cli/braid.mjs COMMAND\`). This page is made of it:
\`npx vitest run test/house/command-line-page.test.ts -u\`.
`;

/** The text of docs/command-line.md. */
export async function commandLinePage(): Promise<string> {
  const program = await createProgram(undefined, true);
  const pages = program.commands.flatMap((command) => [
    `## braid ${command.name()}\n\n${block(helpOf(command))}`,
    ...command.commands.map((action) => `### braid ${command.name()} ${action.name()}\n\n${block(helpOf(action))}`),
  ]);
  return `${[HEAD, block(helpOf(program)), ...pages].join('\n')}`;
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => PAGE_CHARACTERS,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text.trim();
}

function block(text: string): string {
  return `\`\`\`\n${text}\n\`\`\`\n`;
}
