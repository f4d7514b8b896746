import { beforeAll, describe, expect, inject, test } from 'vitest';

/**
 * Chapters in other languages than TypeScript: programs that print a JSON line for each of their features. Here every feature becomes a test on every deployment.
 */

const SCRIPT_TIMEOUT_MS = 180_000;

export interface ScriptChapter {
  /** Programs of the same key print their features in one run. */
  readonly key: string;
  readonly title: string;
  /** Column of docs/compatibility.md. */
  readonly client: string;
  readonly features: readonly string[];
  readonly mayRun: boolean;
  /** Runs the program against a deployment; resolves with what it printed. */
  readonly run: (address: string, storageFolder: string) => Promise<string>;
}

/** A line that a program prints for each feature. */
interface FeatureResult {
  readonly feature: string;
  readonly chapter: string;
  readonly error: string | null;
  readonly calls: readonly string[];
}

export function scriptChapters(chapters: readonly ScriptChapter[]): void {
  /** What the programs have printed, by program and deployment: one runs once, whatever chapters its features belong to. */
  const runs = new Map<string, Promise<readonly FeatureResult[]>>();
  describe.each(chapters)('$title', ({ key, client, title, features, mayRun, run }) => {
    describe.runIf(mayRun).each(inject('sdkDeployments'))(`${client}, $name`, ({ address, storageFolder }) => {
      let results: readonly FeatureResult[];

      beforeAll(async () => {
        const runKey = `${key} ${address}`;
        const running = runs.get(runKey) ?? run(address, storageFolder).then(readResults);
        runs.set(runKey, running);
        results = await running;
      }, SCRIPT_TIMEOUT_MS);

      for (const name of features) {
        describe(name, () => {
          test('works', ({ task }) => {
            const result = results.find(({ feature, chapter }) => feature === name && chapter === title);
            Object.assign(task.meta, { calls: result?.calls ?? [] });
            expect(result?.error).toBeNull();
          });
        });
      }
    });
  });
}

function readResults(output: string): FeatureResult[] {
  const lines = output.split('\n').filter((line) => line.startsWith('{"feature"'));
  return lines.map((line) => JSON.parse(line) as FeatureResult);
}
