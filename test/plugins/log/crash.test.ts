import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readAll, readRecords } from '../../contract/log-contract.ts';
import { createLogFolder } from './log-folder-fixture.ts';

const KILL_COUNT = 25;
const program = join(import.meta.dirname, 'append-loop.ts');

interface Program {
  /** Lines it printed so far. */
  lines(): string[];
  kill(): void;
  readonly ended: Promise<void>;
}

/** Resolves when the program has begun its term. */
async function startProgram(dataFolder: string, term: number): Promise<Program> {
  const child = spawn(process.execPath, [program, dataFolder, String(term)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const begun = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (output.includes('begun\n')) resolve();
    });
  });
  await Promise.race([begun, ended]);
  // The last line may be cut by the kill.
  return { lines: () => output.split('\n').slice(1, -1), kill: () => child.kill('SIGKILL'), ended };
}

test(`after ${KILL_COUNT} kills every acknowledged record is there, in order, and nothing else but whole records`, {
  timeout: 120_000,
}, async () => {
  await using fixture = await createLogFolder();
  mkdirSync(fixture.folder, { recursive: true });
  const acknowledged: string[] = [];
  for (let term = 1; term <= KILL_COUNT; term++) {
    const running = await startProgram(dirname(fixture.folder), term);
    await sleep((term * 13) % 60);
    running.kill();
    await running.ended;
    acknowledged.push(...running.lines());
  }
  expect(acknowledged.length).toBeGreaterThan(KILL_COUNT * 5);

  await using log = await fixture.open();
  await log.begin(KILL_COUNT + 1);
  const found = new Set(await readAll(log));
  expect(acknowledged.filter((record) => !found.has(record))).toEqual([]);

  const records = await readRecords(log);
  for (const [index, { position, payload }] of records.entries()) {
    const before = records[index - 1]?.position;
    expect(position.sequence).toBe(before?.term === position.term ? before.sequence + 1 : 1);
    expect(Buffer.from(payload).toString()).toMatch(/^w\d n\d+ x*$/);
  }
  console.info(`${KILL_COUNT} kills, ${acknowledged.length} acknowledged records, ${records.length} found, none lost`);
});

test('a writer that is pushed out while it runs acknowledges nothing that its successor does not read', {
  timeout: 60_000,
}, async () => {
  await using fixture = await createLogFolder();
  let acknowledgedCount = 0;
  for (let round = 0; round < 8; round++) {
    const term = round * 2 + 1;
    const running = await startProgram(dirname(fixture.folder), term);
    await sleep(round * 7);
    await using successor = await fixture.open();
    await successor.begin(term + 1);
    await running.ended;
    const found = new Set(await readAll(successor));
    const acknowledged = running.lines();
    acknowledgedCount += acknowledged.length;
    expect(acknowledged.filter((record) => !found.has(record))).toEqual([]);
  }
  expect(acknowledgedCount).toBeGreaterThan(8);
});
