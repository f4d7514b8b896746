import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { missingPymilvus, runPython } from '../servers/pymilvus.ts';
import { mayRunWith } from '../servers/required-server.ts';

/** The Python chapters (`python/*.py`) on every deployment: one test per feature, all features of a chapter in one run of its script. */

const FOLDER = fileURLToPath(new URL('python', import.meta.url));
const SHARED = ['conformance.py', 'rows.py'];
const SCRIPT_TIMEOUT_MS = 180_000;

interface PythonChapter {
  readonly path: string;
  readonly title: string;
  readonly client: string;
  readonly features: readonly string[];
}

/** A line that the script prints for each feature. */
interface FeatureResult {
  readonly feature: string;
  readonly error: string | null;
  readonly calls: readonly string[];
}

const mayRun = mayRunWith('pymilvus', missingPymilvus());
const chapters = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.py') && !SHARED.includes(name))
  .sort()
  .map((name) => readChapter(join(FOLDER, name)));

describe.runIf(mayRun).each(chapters)('$title', ({ path, client, features }) => {
  describe.each(inject('sdkDeployments'))(`${client}, $name`, ({ address, storageFolder }) => {
    let results: ReadonlyMap<string, FeatureResult>;

    beforeAll(async () => {
      const output = await runPython(path, `http://${address}`, storageFolder);
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

/** What a script says of itself, without running it. */
function readChapter(path: string): PythonChapter {
  const text = readFileSync(path, 'utf8');
  const constant = (name: string) => new RegExp(`^${name} = "(.+)"$`, 'm').exec(text)?.[1] ?? '';
  const features = [...text.matchAll(/^@feature\("(.+)"\)$/gm)].map((match) => match[1]!);
  const chapter = { path, title: constant('CHAPTER'), client: constant('CLIENT'), features };
  if (!chapter.title || !chapter.client || features.length === 0) {
    throw new Error(`${path} needs CHAPTER = "…", CLIENT = "…" and functions marked with @feature("…")`);
  }
  return chapter;
}
