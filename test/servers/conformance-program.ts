import { readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const CACHE = process.env['CONFORMANCE_HOME'] ?? join(homedir(), '.cache/braid-tests');

/** Where test/servers/install-<language>-sdk.sh puts the chapters of the conformance suite in this language: one program. */
export function conformanceProgram(language: string): string {
  return join(CACHE, `${language}-sdk`, 'conformance');
}

/** Why it cannot be run here; undefined if it can. `sources` is the folder it is built from. */
export function missingConformanceProgram(language: string, sources: string): string | undefined {
  const program = conformanceProgram(language);
  const built = statSync(program, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const isFresh = readdirSync(sources).every((name) => statSync(join(sources, name)).mtimeMs <= built);
  return isFresh
    ? undefined
    : `there is no ${program}, or an older one; test/servers/install-${language}-sdk.sh builds it`;
}
