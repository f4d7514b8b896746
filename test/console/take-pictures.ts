/**
 * The pictures of docs/console.md: the Debian packages on a real cluster under a little load: `node test/console/take-pictures.ts [folder]`. They are looked at before they
 * are committed.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MilvusClient } from '@zilliz/milvus2-sdk-node';
import type { Page } from 'playwright-core';
import { COLLECTION, createCollection, loadPackages } from '../../examples/debian-packages/collection.ts';
import { type Dataset, readDataset, SAMPLE_FOLDER, vectorOf } from '../../examples/debian-packages/dataset.ts';
import { buildConsole } from '../../scripts/build-console.mjs';
import { DEPLOYMENTS } from '../e2e/deployments.ts';
import { consoleOf } from './book-collection.ts';
import { openChromium, openPage } from './chromium.ts';

const WIDTH = 1440;
const SEGMENTS = 12;
const LOAD_MS = 60_000;
const PAUSE_MS = 40;
const SLOW_QUERY_MS = 5;
/** Of the row whose neighbours are searched: a game. */
const ROW = '1';

const folder = process.argv[2] ?? join(import.meta.dirname, '../../docs/images');
mkdirSync(folder, { recursive: true });
buildConsole(process.execPath);
const data = await readDataset(SAMPLE_FOLDER);
await using braid = await DEPLOYMENTS[1]!.start({
  writer: { compactionEnabled: false, segmentRowsMax: Math.ceil(data.packages.length / SEGMENTS) },
  telemetry: { slowQueryMs: SLOW_QUERY_MS },
});
const client = await braid.client();
await createCollection(client);
await loadPackages(client, data);
const origin = consoleOf(braid);
const browser = await openChromium();

for (const colorScheme of ['light', 'dark'] as const) {
  const { page } = await openPage(browser, origin, { viewport: { width: WIDTH, height: 900 }, colorScheme });
  const take = async (name: string, height: number): Promise<void> => {
    await page.setViewportSize({ width: WIDTH, height });
    await page.screenshot({ path: join(folder, `console-${name}-${colorScheme}.png`) });
  };
  await page.goto(`${origin}/console/`);
  await searchFor(client, data, LOAD_MS);
  await take('overview', 960);
  if (colorScheme === 'light') {
    await showCollections(page);
    await take('collections', 1180);
    await showSearch(page);
    await take('search', 960);
    await page.goto(`${origin}/console/#/members`);
    await page.getByRole('table', { name: 'Nodes' }).waitFor();
    await take('members', 400);
  } else {
    await showPlacement(page);
    await take('placement', 660);
    await showSlow(page);
    await take('slow', 640);
    await page.goto(`${origin}/console/#/jobs`);
    await page.getByRole('table', { name: 'Seals and compactions' }).waitFor();
    await take('jobs', 760);
  }
}
await browser.close();

async function showCollections(page: Page): Promise<void> {
  await page.goto(`${origin}/console/#/collections/default/${COLLECTION}`);
  await page.getByRole('table', { name: 'Indexes' }).waitFor();
}

async function showSearch(page: Page): Promise<void> {
  await page.goto(`${origin}/console/#/search`);
  await page.getByRole('checkbox', { name: 'summary' }).waitFor({ state: 'attached' });
  await page.getByRole('textbox', { name: 'Row id' }).fill(ROW);
  await page.getByRole('textbox', { name: 'Filter' }).fill('size < 5000000');
  await page.getByRole('spinbutton', { name: 'Limit' }).fill('6');
  await page.keyboard.press('Enter');
  await page.getByRole('table', { name: 'Hits' }).waitFor();
}

async function showPlacement(page: Page): Promise<void> {
  await page.goto(`${origin}/console/#/placement/default/${COLLECTION}`);
  await page
    .getByRole('button', { name: /^segment .* holds it$/ })
    .first()
    .click();
}

async function showSlow(page: Page): Promise<void> {
  await page.goto(`${origin}/console/#/slow`);
  await page.getByRole('table', { name: 'Slowest' }).getByRole('button').first().click();
}

/** Faster and slower in turns, every fifth with a filter. */
async function searchFor(searching: MilvusClient, { packages }: Dataset, durationMs: number): Promise<void> {
  const endMs = performance.now() + durationMs;
  for (let i = 0; performance.now() < endMs; i++) {
    const vector = Array.from(vectorOf(data, (i * 97) % packages.length));
    const filter = i % 5 === 0 ? { filter: 'size > 100000' } : {};
    await searching.search({ collection_name: COLLECTION, data: vector, limit: 10, ...filter });
    await sleep(PAUSE_MS * (1.2 + Math.sin(i / 60)));
  }
}
