import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingPymilvus, runPython } from '../servers/pymilvus.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { DEPLOYMENTS, type Deployment } from './deployments.ts';

const SCRIPT = fileURLToPath(new URL('pymilvus_first_light.py', import.meta.url));
const mayRun = mayRunWith('pymilvus', missingPymilvus());

describe.runIf(mayRun).each(DEPLOYMENTS)('pymilvus, $name', ({ start }) => {
  let braid: Deployment;

  beforeAll(async () => {
    braid = await start();
  }, 120_000);

  afterAll(async () => {
    await braid?.[Symbol.asyncDispose]();
  });

  test('first light', async () => {
    expect((await runPython(SCRIPT, [`http://${braid.address}`])).trim()).toBe('ok');
  }, 120_000);
});
