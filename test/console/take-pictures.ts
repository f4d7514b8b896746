/**
 * The pictures of docs/console.md, from a real cluster under a little load: `node test/console/take-pictures.ts [folder]`. They are looked at before they are
 * committed.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MilvusClient } from '@zilliz/milvus2-sdk-node';
import { buildConsole } from '../../scripts/build-console.mjs';
import { DEPLOYMENTS } from '../e2e/deployments.ts';
import { BOOKS, consoleOf, createBooks, vectorOf } from './book-collection.ts';
import { openChromium, openPage } from './chromium.ts';

const SIZE = { width: 1280, height: 840 };
const LOAD_MS = 15_000;
const PAUSE_MS = 20;

const folder = process.argv[2] ?? join(import.meta.dirname, '../../docs/images');
mkdirSync(folder, { recursive: true });
buildConsole(process.execPath);
await using braid = await DEPLOYMENTS[1]!.start({ writer: { compactionEnabled: false } });
const client = await braid.client();
await createBooks(client);
const origin = consoleOf(braid);
const browser = await openChromium();

for (const colorScheme of ['light', 'dark'] as const) {
  const { page } = await openPage(browser, origin, { viewport: SIZE, colorScheme });
  const take = (name: string) => page.screenshot({ path: join(folder, `console-${name}-${colorScheme}.png`) });
  await page.goto(`${origin}/console/`);
  await searchFor(client, LOAD_MS);
  await take('overview');
  if (colorScheme === 'dark') continue;
  await page.goto(`${origin}/console/#/collections/default/${BOOKS}`);
  await page.getByRole('table', { name: /Sealed segments/ }).waitFor();
  await page.setViewportSize({ ...SIZE, height: 1050 });
  await take('collections');
  await page.goto(`${origin}/console/#/search`);
  await page.getByRole('textbox', { name: 'Row id' }).fill('42');
  await page.getByRole('textbox', { name: 'Filter' }).fill('year > 1940');
  await page.getByRole('textbox', { name: 'Output fields' }).fill('title, year');
  await page.getByRole('spinbutton', { name: 'Limit' }).fill('5');
  await page.keyboard.press('Enter');
  await page.getByRole('table', { name: 'Hits' }).waitFor();
  await page.setViewportSize({ ...SIZE, height: 1300 });
  await take('search');
  await page.goto(`${origin}/console/#/members`);
  await page.setViewportSize({ ...SIZE, height: 420 });
  await page.getByRole('table', { name: 'Members' }).waitFor();
  await take('members');
}
await browser.close();

async function searchFor(searching: MilvusClient, durationMs: number): Promise<void> {
  const endMs = performance.now() + durationMs;
  for (let id = 0; performance.now() < endMs; id++) {
    await searching.search({ collection_name: BOOKS, data: vectorOf(id % 1000), limit: 10 });
    await sleep(PAUSE_MS * (1 + Math.sin(id / 100)));
  }
}
