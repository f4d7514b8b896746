import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { removeFolder, temporaryFolder } from './test-writer.ts';

const KILLS = Number(process.env['BRAID_TEST_KILLS'] ?? 20);
const CHILD = join(import.meta.dirname, 'kill-child.ts');

interface Operation {
  readonly id: string;
  readonly worker: number;
  readonly keys: readonly string[];
  /** null: deleted. */
  readonly version: string | null;
}

interface State {
  readonly rows: [string, string][];
  readonly count: number;
  readonly alone?: [string, string][];
  readonly isStreamTooOld: boolean;
  readonly segments: number;
}

/** What must be there: acknowledged writes, and per worker the one write that was under way when the process died. */
class History {
  readonly rows = new Map<string, string>();
  readonly #open = new Map<number, Operation>();
  acknowledged = 0;

  sent(operation: Operation): void {
    this.#open.set(operation.worker, operation);
  }

  acknowledgedBy(id: string): void {
    for (const [worker, operation] of this.#open) {
      if (operation.id !== id) continue;
      this.#open.delete(worker);
      this.apply(operation);
      this.acknowledged++;
    }
  }

  apply({ keys, version }: Operation): void {
    for (const key of keys) {
      if (version === null) this.rows.delete(key);
      else this.rows.set(key, version);
    }
  }

  /** Decides for each write under way whether it happened, by its first key that tells, and expects it to have happened as a whole. */
  settle(found: ReadonlyMap<string, string>): void {
    for (const operation of this.#open.values()) {
      const isThere = ({ keys, version }: Operation) =>
        keys.every((key) => (version === null ? !found.has(key) : found.get(key) === version));
      if (isThere(operation)) this.apply(operation);
    }
    this.#open.clear();
  }
}

test(`no acknowledged write is lost and none is half there after ${KILLS} kills`, {
  timeout: KILLS * 15_000,
}, async () => {
  const folder = await temporaryFolder();
  const history = new History();
  const seed = Number(process.env['BRAID_TEST_SEED'] ?? Date.now() % 100_000);
  let published = 0;
  for (let round = 0; round <= KILLS; round++) {
    const state = await runUntilKilled(folder, seed + round, history);
    published = Math.max(published, state.segments);
  }
  console.log(`seed ${seed}: ${history.acknowledged} acknowledged writes, up to ${published} segments in a view`);
  expect(history.acknowledged).toBeGreaterThan(KILLS);
  expect(published).toBeGreaterThan(0);
  await removeFolder(folder);
});

/** Starts the child, checks what it found, lets it write for a while, kills it. */
async function runUntilKilled(folder: string, seed: number, history: History): Promise<State> {
  const child = spawn(process.execPath, [CHILD, folder, String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') },
  });
  const exited = once(child, 'exit');
  let state: State | undefined;
  for await (const line of createInterface({ input: child.stdout! })) {
    const message = JSON.parse(line);
    if (message.kind === 'state') {
      state = message as State;
      check(state, history, seed);
      killLater(child, seed);
    } else if (message.kind === '>') history.sent(message);
    else history.acknowledgedBy(message.id);
  }
  await exited;
  expect(child.signalCode, 'the child ended by itself').toBe('SIGKILL');
  return state!;
}

function check(state: State, history: History, seed: number): void {
  const found = new Map(state.rows);
  history.settle(found);
  const differences = [...new Set([...found.keys(), ...history.rows.keys()])]
    .filter((key) => found.get(key) !== history.rows.get(key))
    .map((key) => `${key}: expected ${history.rows.get(key)}, found ${found.get(key)}`);
  expect(differences, `seed ${seed}`).toEqual([]);
  expect(state.count, `doubles, seed ${seed}`).toBe(found.size);
  expect(state.isStreamTooOld).toBe(false);
  if (state.alone) expect(new Map(state.alone), `the writer alone, seed ${seed}`).toEqual(found);
}

function killLater(child: ChildProcess, seed: number): void {
  setTimeout(() => child.kill('SIGKILL'), 50 + ((seed * 7_919) % 700));
}
