import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mayRunWith } from '../servers/required-server.ts';
import { CommandRunner } from './command-runner.ts';

const HOME = fileURLToPath(new URL('../..', import.meta.url));

/** The generated scripts in the shells they are for, with a `braid` on the path and a server that knows two collections. */
const runner = new CommandRunner();
const scripts = join(runner.folder, 'scripts');
let server: Server;
let address: string;

beforeAll(async () => {
  server = createServer((_, response) => response.end('{"code":0,"data":["books","boats"]}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  mkdirSync(scripts);
  writeFileSync(join(scripts, 'braid'), `#!/bin/sh\nexec "${process.execPath}" "${HOME}/cli/braid.mjs" "$@"\n`);
  chmodSync(join(scripts, 'braid'), 0o755);
  for (const shell of ['bash', 'zsh', 'fish'])
    writeFileSync(join(scripts, `_braid.${shell}`), (await runner.run(['completion', shell])).output);
}, 60_000);

afterAll(() => {
  server.close();
  runner[Symbol.dispose]();
});

const SHELLS = {
  // Readline would cut the line at the colons, too.
  bash: (line: string) => `. "${scripts}/_braid.bash"
    line=${quoted(line)}; read -ra COMP_WORDS <<< "\${line//:/ : }"; [ "\${line: -1}" = " " ] && COMP_WORDS+=("")
    COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _braid; printf '%s\\n' "\${COMPREPLY[@]}"`,
  fish: (line: string) => `source "${scripts}/_braid.fish"; complete -C ${quoted(line)}`,
};

describe.each(['bash', 'fish'] as const)('%s', (shell) => {
  test.runIf(mayRunWith(shell, missing(shell))).each([
    ['braid colle', 'collections'],
    ['braid search --ve', '--vector'],
    ['braid collections dr', 'drop'],
    ['braid collections drop --y', '--yes'],
    ['braid collections drop --addr', '--address'],
    ['braid export --format par', 'parquet'],
    ['braid search --address ADDRESS bo', 'books'],
    ['braid collections load --address ADDRESS boa', 'boats'],
  ])('%s', async (line, wanted) => {
    const words = await outputOf(shell, ['-c', SHELLS[shell](line.replace('ADDRESS', address))]);
    expect(words.split(/\s+/)).toContain(wanted);
  });
});

test.runIf(mayRunWith('zsh', missing('zsh')))('zsh takes the script as its completion of braid', async () => {
  const load = `autoload -Uz compinit; compinit -u -d ${scripts}/dump; . ${scripts}/_braid.zsh; echo "$_comps[braid]"`;
  expect(await outputOf('zsh', ['-f', '-c', load])).toBe('_braid\n');
});

/** Without stopping this process: the server answers in it. */
async function outputOf(shell: string, args: readonly string[]): Promise<string> {
  const env = { PATH: `${scripts}${delimiter}${process.env['PATH']}`, HOME: runner.folder };
  const child = spawn(shell, args, { env, cwd: runner.folder });
  let text = '';
  for await (const part of child.stdout) text += part;
  return text;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function missing(shell: string): string | undefined {
  return spawnSync(shell, ['--version']).error ? `${shell} is not installed` : undefined;
}
