import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { missingPymilvus, runPython } from '../servers/pymilvus.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { missingVectorStore, pythonOf } from '../servers/vector-stores.ts';

/** The Python chapters (`python/*.py`) on every deployment: one test per feature, all features of a chapter in one run of its script. */

const FOLDER = fileURLToPath(new URL('python', import.meta.url));
const SCRIPT_TIMEOUT_MS = 180_000;

interface PythonChapter {
  readonly path: string;
  /** The chapter that the script is about; features may belong to others. */
  readonly scriptTitle: string;
  readonly title: string;
  readonly client: string;
  /** A program with a Python of its own (test/servers/vector-stores.ts); pymilvus' where there is none. */
  readonly program: string | undefined;
  readonly features: readonly string[];
}

/** A line that the script prints for each feature. */
interface FeatureResult {
  readonly feature: string;
  /** Null where it is the script's own. */
  readonly chapter: string | null;
  readonly error: string | null;
  readonly calls: readonly string[];
}

const chapters = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.py'))
  .sort()
  .flatMap((name) => readChapters(join(FOLDER, name)));

/** What the scripts have printed, by script and deployment: a script runs once, whatever chapters its features belong to. */
const runs = new Map<string, Promise<readonly FeatureResult[]>>();

describe.each(chapters)('$title', ({ path, client, program, scriptTitle, title, features }) => {
  const mayRun = program ? mayRunWith(program, missingVectorStore(program)) : mayRunWith('pymilvus', missingPymilvus());
  describe.runIf(mayRun).each(inject('sdkDeployments'))(`${client}, $name`, ({ address, storageFolder }) => {
    let results: readonly FeatureResult[];

    beforeAll(async () => {
      const key = `${path} ${address}`;
      const run = runs.get(key) ?? resultsOf(path, [`http://${address}`, storageFolder], program);
      runs.set(key, run);
      results = await run;
    }, SCRIPT_TIMEOUT_MS);

    for (const name of features) {
      describe(name, () => {
        test('works', ({ task }) => {
          const result = results.find(({ feature, chapter }) => feature === name && (chapter ?? scriptTitle) === title);
          Object.assign(task.meta, { calls: result?.calls ?? [] });
          expect(result?.error).toBeNull();
        });
      });
    }
  });
});

async function resultsOf(path: string, args: readonly string[], program?: string): Promise<FeatureResult[]> {
  const output = await runPython(path, args, program && pythonOf(program));
  const lines = output.split('\n').filter((line) => line.startsWith('{"feature"'));
  return lines.map((line) => JSON.parse(line) as FeatureResult);
}

/** What a script says of itself, without running it: its features by chapter. Nothing for a module that scripts share. */
function readChapters(path: string): PythonChapter[] {
  const text = readFileSync(path, 'utf8');
  if (!/^run\(\)$/m.test(text)) return [];
  const constant = (name: string) => new RegExp(`^${name} = "(.+)"$`, 'm').exec(text)?.[1];
  const [scriptTitle, client, program] = [constant('CHAPTER'), constant('CLIENT'), constant('PROGRAM')];
  const features = [...text.matchAll(/^@feature\("([^"]+)"(?:, chapter="([^"]+)")?\)$/gm)];
  if (scriptTitle === undefined || client === undefined || features.length === 0) {
    throw new Error(`${path} needs CHAPTER = "…", CLIENT = "…" and functions marked with @feature("…")`);
  }
  const byTitle = Map.groupBy(features, ([, , title]) => title ?? scriptTitle);
  return [...byTitle].map(([title, marks]) => {
    return { path, client, program, scriptTitle, title, features: marks.map(([, name]) => name!) };
  });
}
