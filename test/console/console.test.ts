import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildConsole } from '../../scripts/build-console.mjs';
import { DEPLOYMENTS, type Deployment } from '../e2e/deployments.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { BOOKS, consoleOf, createBooks, vectorOf } from './book-collection.ts';
import { missingChromium, openChromium, openPage } from './chromium.ts';

const VIEWS = ['Overview', 'Collections', 'Search', 'Slow queries', 'Members', 'Jobs', 'Settings'];
const START_MS = 180_000;

describe.runIf(mayRunWith('Chromium', missingChromium())).each(DEPLOYMENTS)('the console of $name', ({ start }) => {
  let braid: Deployment;
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    expect(buildConsole(process.execPath)).toBe(true);
    braid = await start({ writer: { compactionEnabled: false }, telemetry: { slowQueryMs: 0 } });
    await createBooks(await braid.client());
    origin = consoleOf(braid);
    browser = await openChromium();
  }, START_MS);

  afterAll(async () => {
    await browser?.close();
    await braid?.[Symbol.asyncDispose]();
  }, START_MS);

  const open = async (path = '/console/', options = {}) => {
    const watched = await openPage(browser, origin, options);
    watched.page.setDefaultTimeout(30_000);
    await watched.page.goto(origin + path);
    return watched;
  };

  test('every view is reached by its key and renders without a complaint, all of it from this process', async () => {
    const { page, complaints } = await open('/webui');
    expect(page.url()).toBe(`${origin}/console/`);
    for (const [i, title] of VIEWS.entries()) {
      await page.keyboard.press(String(i + 1));
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      await page.locator(`nav a[aria-current="page"]:has-text("${title}")`).waitFor();
    }
    await page.getByRole('cell', { name: 'BRAID_MANAGEMENT_PORT' }).waitFor();
    await page.keyboard.press('1');
    await page.getByRole('img', { name: /router .* asks .*healthy/ }).waitFor();
    await page.getByRole('img', { name: /shares of the hash ring/ }).waitFor();
    await page.locator('canvas').first().waitFor();
    expect(complaints).toEqual([]);
  });

  test('a search by row id gives that row first, with its plan and its trace', async () => {
    const { page, complaints } = await open(`/console/#/search`);
    await page.getByRole('textbox', { name: 'Row id' }).fill('42');
    await page.getByRole('textbox', { name: 'Filter' }).fill('year > 1940');
    await page.getByRole('textbox', { name: 'Output fields' }).fill('title, year');
    await page.keyboard.press('Enter');
    const hits = page.getByRole('table', { name: 'Hits' });
    await hits.waitFor();
    expect(await hits.locator('tbody tr').count()).toBe(10);
    expect(await hits.locator('tbody tr').first().textContent()).toContain('On clocks, volume 42');
    const trace = page.getByRole('table', { name: /Timing per hop/ });
    for (const span of ['search', 'get_routing', 'do_search', 'do_merge']) {
      await trace.getByRole('rowheader', { name: span, exact: true }).first().waitFor();
    }
    expect(await page.getByRole('table', { name: /Plan/ }).locator('tbody tr').count()).toBeGreaterThanOrEqual(2);
    expect(complaints).toEqual([]);
  });

  test('a search by a pasted vector gives hits, and bad input is answered in words', async () => {
    const { page } = await open(`/console/#/search`);
    await page.getByRole('radio', { name: 'vector' }).check();
    await page.getByRole('textbox', { name: 'Vector', exact: true }).fill('[0.5');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('alert').filter({ hasText: 'the vector must be JSON' }).waitFor();
    await page.getByRole('textbox', { name: 'Vector', exact: true }).fill(JSON.stringify(vectorOf(7)));
    await page.getByRole('textbox', { name: 'Filter' }).fill('yeer > 3');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('alert').filter({ hasText: /yeer/ }).waitFor();
    await page.getByRole('textbox', { name: 'Filter' }).fill('');
    await page.getByRole('button', { name: 'Search' }).click();
    const first = page.getByRole('table', { name: 'Hits' }).locator('tbody tr').first();
    await first.waitFor();
    expect(await first.locator('td').first().textContent()).toBe('7');
  });

  test('a slow query is there with its plan and the nodes that it asked', async () => {
    const client = await braid.client();
    await client.search({ collection_name: BOOKS, data: vectorOf(3), limit: 4, filter: 'year > 1950' });
    const { page, complaints } = await open('/console/#/slow');
    const newest = page.getByRole('table', { name: 'Newest' }).locator('tbody tr').first();
    await newest.waitFor();
    const text = await newest.textContent();
    expect(text).toContain('vector by COSINE, nq 1, limit 4');
    expect(text).toContain('do_search');
    expect(text).toContain('year > ?');
    expect(complaints).toEqual([]);
  });

  test('a collection shows its schema, its index and where its segments live', async () => {
    const { page, complaints } = await open('/console/#/collections');
    await page.getByRole('link', { name: BOOKS }).click();
    await page.getByRole('cell', { name: 'FloatVector' }).waitFor();
    await page.getByRole('table', { name: 'Index vector' }).getByRole('cell', { name: 'COSINE' }).waitFor();
    const segments = page.getByRole('table', { name: /Sealed segments/ }).locator('tbody tr');
    await expect.poll(() => segments.filter({ hasText: 'holds it' }).count(), { timeout: 60_000 }).toBe(4);
    expect(complaints).toEqual([]);
  });

  test('dark and light follow the system, and the choice is kept', async () => {
    const { page } = await open('/console/', { colorScheme: 'dark' });
    const theme = () => page.evaluate('document.documentElement.dataset.theme');
    const back = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect([await theme(), await back()]).toEqual(['dark', 'rgb(16, 21, 28)']);
    await page.keyboard.press('t');
    await expect.poll(back).toBe('rgb(246, 247, 249)');
    await page.reload();
    expect(await theme()).toBe('light');
  });

  test('the keyboard gets everywhere: skip link, navigation, form', async () => {
    const { page } = await open();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await page.reload();
    for (let i = 0; i < 4; i++) await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Search');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Search' }).waitFor();
    await page.getByRole('textbox', { name: 'Filter' }).focus();
    await page.keyboard.type('2');
    expect(page.url()).toContain('#/search');
  });

  test('files come with their types, a policy and the right to be kept; calls must be JSON', async () => {
    const index = await fetch(`${origin}/console/`);
    expect(index.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(index.headers.get('cache-control')).toBe('no-cache');
    const script = /src="([^"]+\.js)"/.exec(await index.text())![1]!;
    const answer = await fetch(origin + script);
    expect(answer.headers.get('content-type')).toContain('text/javascript');
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect((await fetch(`${origin}/console/../package.json`)).status).toBe(404);
    expect((await fetch(`${origin}/console/%2e%2e/%2e%2e/package.json`)).status).toBe(404);
    const call = `${origin}/console/calls/collections/describe`;
    expect((await fetch(call, { method: 'POST', body: '{}' })).status).toBe(400);
    expect((await fetch(`${origin}/console/calls/collections/drop`, { method: 'POST', body: '{}' })).status).toBe(405);
  });
});

function focused(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.textContent');
}
