import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { conformanceProgram, missingConformanceProgram } from '../servers/conformance-program.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { runProgram } from '../servers/run-program.ts';
import { type ScriptChapter, scriptChapters } from './support/script-chapters.ts';

/** The chapters in compiled languages, all of a language in one program: `go/*.go`, `java/*.java`. */

const FEATURE = /^\s+feature\("([^"]+)", "([^"]+)", .+\);?$/gm;

scriptChapters([...chaptersIn('go', 'Go SDK'), ...chaptersIn('java', 'Java SDK')]);

/** What the sources say of their features, without running them. */
function chaptersIn(language: string, client: string): ScriptChapter[] {
  const folder = fileURLToPath(new URL(language, import.meta.url));
  const sources = readdirSync(folder).filter((name) => name.endsWith(`.${language}`));
  const features = sources.flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(FEATURE)]);
  const mayRun = mayRunWith(`the ${client}`, missingConformanceProgram(language, folder));
  const run = (address: string) => runProgram(conformanceProgram(language), [address]);
  return [...Map.groupBy(features, ([, title]) => title!)].map(([title, marks]) => {
    return { key: language, client, title, mayRun, run, features: marks.map(([, , name]) => name!) };
  });
}
