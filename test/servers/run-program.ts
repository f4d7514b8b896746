import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

const PROGRAM_TIMEOUT_MS = 170_000;

/** Runs a program; resolves with what it printed. Throws with its errors when it does not end well. */
export async function runProgram(
  program: string,
  args: readonly string[],
  variables: NodeJS.ProcessEnv = {},
): Promise<string> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PROGRAM_TIMEOUT_MS,
    env: { ...process.env, ...variables },
  });
  const exited = new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => resolve(code ?? signal));
    child.once('error', reject);
  });
  const [output, errors, status] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${errors}${output}`);
  return output;
}
