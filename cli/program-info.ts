import { readFileSync } from 'node:fs';
import type { ProgramInfo } from '../proto/node-protocol/program-info.ts';

const MANIFEST = new URL('../package.json', import.meta.url);

/** This program, as the package and the process say. */
export function programInfo(): ProgramInfo {
  const { version } = JSON.parse(readFileSync(MANIFEST, 'utf8')) as { readonly version: string };
  return { version, startedAtMs: Math.round(performance.timeOrigin) };
}
