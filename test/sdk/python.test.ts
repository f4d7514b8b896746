import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingPymilvus, runPython } from '../servers/pymilvus.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { missingVectorStore, pythonOf } from '../servers/vector-stores.ts';
import { type ScriptChapter, scriptChapters } from './support/script-chapters.ts';

/** The Python chapters: `python/*.py`. */

const FOLDER = fileURLToPath(new URL('python', import.meta.url));

scriptChapters(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.py'))
    .sort()
    .flatMap((name) => readChapters(join(FOLDER, name))),
);

/** What a script says of itself, without running it: its features by chapter. Nothing for a module that scripts share. */
function readChapters(path: string): ScriptChapter[] {
  const text = readFileSync(path, 'utf8');
  if (!/^run\(\)$/m.test(text)) return [];
  const constant = (name: string) => new RegExp(`^${name} = "(.+)"$`, 'm').exec(text)?.[1];
  // A program may have a Python of its own (test/servers/vector-stores.ts); else it is pymilvus'.
  const [scriptTitle, client, program] = [constant('CHAPTER'), constant('CLIENT'), constant('PROGRAM')];
  const features = [...text.matchAll(/^@feature\("([^"]+)"(?:, chapter="([^"]+)")?\)$/gm)];
  if (scriptTitle === undefined || client === undefined || features.length === 0) {
    throw new Error(`${path} needs CHAPTER = "…", CLIENT = "…" and functions marked with @feature("…")`);
  }
  const mayRun = program ? mayRunWith(program, missingVectorStore(program)) : mayRunWith('pymilvus', missingPymilvus());
  const run = (address: string, storageFolder: string) =>
    runPython(path, [`http://${address}`, storageFolder], program && pythonOf(program));
  const byTitle = Map.groupBy(features, ([, , title]) => title ?? scriptTitle);
  return [...byTitle].map(([title, marks]) => {
    return { key: path, client, title, mayRun, run, features: marks.map(([, name]) => name!) };
  });
}
