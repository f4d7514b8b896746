import { BraidError } from '../core/errors.ts';
import { createProgram } from './program.ts';

/** The `braid` command. */

const [first, second] = process.argv.slice(2).filter((word) => !word.startsWith('-'));

// As with `| head`: nobody reads on, so nothing is left to do. The log of a server does not go through this stream.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  const program = await createProgram(first === 'help' ? second : first);
  await program.parseAsync();
} catch (error) {
  // What a person can mend is one line; anything else is a bug and keeps its stack.
  const line = error instanceof BraidError ? `braid: ${error.message}` : ((error as Error).stack ?? error);
  // Something that was half opened may still hold the process.
  process.stderr.write(`${line}\n`, () => process.exit(1));
}
