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
  readonly title: string;
  readonly client: string;
  /** A program with a Python of its own (test/servers/vector-stores.ts); pymilvus' where there is none. */
  readonly program: string | undefined;
  readonly features: readonly string[];
}

/** A line that the script prints for each feature. */
interface FeatureResult {
  readonly feature: string;
  readonly error: string | null;
  readonly calls: readonly string[];
}

const chapters = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.py'))
  .sort()
  .flatMap((name) => readChapter(join(FOLDER, name)) ?? []);

describe.each(chapters)('$title', ({ path, client, program, features }) => {
  const mayRun = program ? mayRunWith(program, missingVectorStore(program)) : mayRunWith('pymilvus', missingPymilvus());
  describe.runIf(mayRun).each(inject('sdkDeployments'))(`${client}, $name`, ({ address, storageFolder }) => {
    let results: ReadonlyMap<string, FeatureResult>;

    beforeAll(async () => {
      const output = await runPython(path, [`http://${address}`, storageFolder], program && pythonOf(program));
      const lines = output.split('\n').filter((line) => line.startsWith('{"feature"'));
      results = new Map(lines.map((line) => JSON.parse(line) as FeatureResult).map((line) => [line.feature, line]));
    }, SCRIPT_TIMEOUT_MS);

    for (const name of features) {
      describe(name, () => {
        test('works', ({ task }) => {
          const result = results.get(name);
          Object.assign(task.meta, { calls: result?.calls ?? [] });
          expect(result?.error).toBeNull();
        });
      });
    }
  });
});

/** What a script says of itself, without running it; undefined for a module that scripts share. */
function readChapter(path: string): PythonChapter | undefined {
  const text = readFileSync(path, 'utf8');
  if (!/^run\(\)$/m.test(text)) return undefined;
  const constant = (name: string) => new RegExp(`^${name} = "(.+)"$`, 'm').exec(text)?.[1];
  const [title, client, program] = [constant('CHAPTER'), constant('CLIENT'), constant('PROGRAM')];
  const features = [...text.matchAll(/^@feature\("(.+)"\)$/gm)].map((match) => match[1]!);
  if (title === undefined || client === undefined || features.length === 0) {
    throw new Error(`${path} needs CHAPTER = "…", CLIENT = "…" and functions marked with @feature("…")`);
  }
  return { path, title, client, program, features };
}
