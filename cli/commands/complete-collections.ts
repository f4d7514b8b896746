import type { Command } from 'commander';
import { type ApiOptions, addApiOptions, openApi } from '../client/open-api.ts';

const WAIT_MS = 1_000;

/** What the scripts of braid completion ask while somebody types: a name a line, nothing at all if no server answers at once. */
export function defineCompleteCollections(command: Command): void {
  addApiOptions(command).action(async (options: ApiOptions) => {
    const late = setTimeout(() => process.exit(0), WAIT_MS);
    try {
      const names = await (await openApi(options)).call<readonly string[]>('collections/list');
      process.stdout.write(names.map((name) => `${name}\n`).join(''));
    } catch {
      // A person who presses Tab wants no message.
    } finally {
      clearTimeout(late);
    }
  });
}
