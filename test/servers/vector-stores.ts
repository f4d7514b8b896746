import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const CACHE = process.env['VECTOR_STORES_HOME'] ?? join(homedir(), '.cache/braid-tests');

/** The folder into which install-vector-stores.sh puts a program: `<package>-<version>`. */
export function vectorStoreHome(program: string): string {
  return join(CACHE, program);
}

export function pythonOf(program: string): string {
  return join(vectorStoreHome(program), 'bin/python');
}

/** Why the program cannot be run here; undefined if it can. */
export function missingVectorStore(program: string): string | undefined {
  const home = vectorStoreHome(program);
  return existsSync(join(home, '.installed'))
    ? undefined
    : `there is no ${home}; test/servers/install-vector-stores.sh makes it`;
}
