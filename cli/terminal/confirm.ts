import { createInterface } from 'node:readline/promises';
import { BraidError } from '../../core/errors.ts';

/**
 * Asks a person to type a name before something is lost. Throws `parameterMissing` where nobody can be asked (the way round is `--yes`), and `parameterInvalid` for anything
 * but the name.
 */
export async function confirm(what: string, name: string): Promise<void> {
  if (!process.stdin.isTTY)
    throw new BraidError('parameterMissing', `${what}: nobody can be asked here; say --yes if it is meant`);
  using lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`${what}. Type its name to go on: `);
  if (answer.trim() !== name) throw new BraidError('parameterInvalid', `that is not ${name}: nothing was changed`);
}
