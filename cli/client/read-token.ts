import { readFile } from 'node:fs/promises';
import { commandToken } from '../../config/command-token.ts';
import { BraidError } from '../../core/errors.ts';

/** What the option says of itself. */
export const TOKEN_FILE = 'file with user:password, for a server that asks for it (default: the variable BRAID_TOKEN)';

/** `user:password` as the server takes it; undefined: none is sent. Not an option of its own: other users of the machine can read those. */
export async function readToken({ tokenFile }: { readonly tokenFile?: string }): Promise<string | undefined> {
  if (tokenFile === undefined) return commandToken();
  const text = await readFile(tokenFile, 'utf8').catch((cause: Error) => {
    throw new BraidError('parameterInvalid', `--token-file ${tokenFile} cannot be read: ${cause.message}`, { cause });
  });
  return text.trim();
}
