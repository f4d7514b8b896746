import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The sources of the house, for the tests that read them as text. */

export const HOME = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export const ROOMS = [
  'core',
  'proto',
  'config',
  'telemetry',
  'plugins',
  'native',
  'router',
  'node',
  'cli',
  'console',
  'bench',
  'examples',
] as const;

export interface SourceFile {
  /** Relative to the project's folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every `.ts` and `.tsx` file of the rooms, generated code left out. */
export function sourceFiles(): SourceFile[] {
  return ROOMS.flatMap(filesOf).filter((file) => !file.path.startsWith('proto/generated/'));
}

export function testFiles(): SourceFile[] {
  return filesOf('test');
}

function filesOf(folder: string): SourceFile[] {
  return [...walk(join(HOME, folder))]
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => ({ path: relative(HOME, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }));
}

function* walk(folder: string): Generator<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name === 'node_modules' || name === 'build' || name === 'dist') continue;
    if (statSync(path).isDirectory()) yield* walk(path);
    else yield path;
  }
}

/** The modules a file imports, statically or not, types included. */
export function importsOf(text: string): string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^'";]*?\bfrom\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3]!);
}
