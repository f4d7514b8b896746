import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Of the addon's C++ sources: compiled into it by build.mjs and compared when it is loaded (addon.ts). Plain JavaScript, because build.mjs runs on a Node that
 * cannot read TypeScript.
 */
export function sourcesFingerprint(folder) {
  const hash = createHash('sha256');
  for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest('hex');
}
