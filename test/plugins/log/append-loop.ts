import { writeSync } from 'node:fs';
import { openPlugin } from '../../../plugins/open-plugin.ts';
import { silentHost } from '../test-host.ts';

/**
 * A program for crash tests: `append-loop.ts <data folder> <term>` begins the term and appends for ever, several records at a time. Prints each
 * record's `term:sequence text` when it is acknowledged; ends when an append is refused.
 */
const [dataFolder, term] = [process.argv[2]!, Number(process.argv[3])];
const host = silentHost(dataFolder);
const log = await openPlugin('log', { use: 'file', with: { fileBytes: 65_536 } }, host);
await log.begin(term);
writeSync(1, 'begun\n');

async function appendForEver(worker: number): Promise<void> {
  for (let i = 0; ; i++) {
    const text = `w${worker} n${i} ${'x'.repeat((i * 37 + worker) % 700)}`;
    const position = await log.append(Buffer.from(text));
    writeSync(1, `${position.term}:${position.sequence} ${text}\n`);
  }
}

await Promise.all([1, 2, 3, 4, 5].map((worker) => appendForEver(worker))).catch((error: Error) => {
  writeSync(2, `${error.message}\n`);
  process.exit(3);
});
