import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildConsole } from '../../scripts/build-console.mjs';
import { DEPLOYMENTS, type Deployment } from '../e2e/deployments.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { BOOKS, consoleOf, createBooks, vectorOf } from './book-collection.ts';
import { missingChromium, openChromium, openPage } from './chromium.ts';

const VIEWS = ['Overview', 'Collections', 'Placement', 'Search', 'Slow queries', 'Members', 'Jobs', 'Settings'];
const START_MS = 180_000;
/** Generous: other work may have the machine. */
const TIMES = { timeout: 180_000 };
const POLL = { timeout: 60_000 };

describe.runIf(mayRunWith('Chromium', missingChromium())).each(DEPLOYMENTS)(
  'the console of $name',
  TIMES,
  ({ start }) => {
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
      watched.page.setDefaultTimeout(60_000);
      await watched.page.goto(origin + path);
      await watched.page.locator('main h1').waitFor();
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
      await page.locator('canvas').first().waitFor();
      expect(await page.locator('figure').count()).toBe(6);
      expect(complaints).toEqual([]);
    });

    test('a search by row id gives that row first, with its plan and its trace', async () => {
      const { page, complaints } = await open(`/console/#/search`);
      await page.getByRole('checkbox', { name: 'title' }).waitFor({ state: 'attached' });
      await page.getByRole('textbox', { name: 'Row id' }).fill('42');
      await page.getByRole('textbox', { name: 'Filter' }).fill('year > 1940');
      await page.keyboard.press('Enter');
      const hits = page.getByRole('table', { name: 'Hits' });
      await hits.waitFor();
      expect(await hits.locator('tbody tr').count()).toBe(10);
      expect(await hits.locator('tbody tr').first().textContent()).toContain('On clocks, volume 42');
      const trace = page.getByRole('table', { name: 'Timing per hop' });
      for (const span of ['search', 'get_routing', 'do_search', 'do_merge']) {
        await trace.getByRole('rowheader', { name: span, exact: true }).first().waitFor();
      }
      expect(await page.getByRole('table', { name: /Plan/ }).locator('tbody tr').count()).toBeGreaterThanOrEqual(2);
      const spanCount = await trace.locator('tbody tr').count();
      await trace.getByRole('button', { name: 'search', exact: true }).click();
      await expect.poll(() => trace.locator('tbody tr').count(), POLL).toBe(1);
      expect(spanCount).toBeGreaterThan(4);
      await page.getByRole('tab', { name: 'curl' }).press('ArrowRight');
      const code = page.getByRole('region', { name: 'The same as code' });
      await code.getByText(`address: '${braid.address}'`).waitFor();
      expect(complaints).toEqual([]);
    });

    test('a search by a pasted vector gives hits, and bad input is answered in words', async () => {
      const { page } = await open(`/console/#/search`);
      await page.getByRole('radio', { name: 'vector' }).check();
      const vector = page.getByRole('textbox', { name: 'Vector', exact: true });
      const filter = page.getByRole('textbox', { name: 'Filter' });
      await vector.fill('[0.5');
      await page.getByRole('button', { name: 'Search' }).click();
      await page.getByRole('alert').filter({ hasText: 'the vector must be JSON' }).waitFor();
      expect(await vector.getAttribute('aria-describedby')).toBe('problem-query');
      await vector.fill(JSON.stringify(vectorOf(7)));
      await filter.fill('yeer > 3');
      await page.getByRole('button', { name: 'Search' }).click();
      await page.locator('#problem-filter pre').filter({ hasText: '^^^^' }).waitFor();
      expect(await filter.getAttribute('aria-invalid')).toBe('true');
      await filter.fill('');
      await page.getByRole('button', { name: 'Search' }).click();
      const first = page.getByRole('table', { name: 'Hits' }).locator('tbody tr').first();
      await first.waitFor();
      expect(await first.locator('td').nth(1).textContent()).toBe('7');
    });

    test('a slow query is there with its plan and the nodes that it asked', async () => {
      const client = await braid.client();
      await client.search({ collection_name: BOOKS, data: vectorOf(3), limit: 4, filter: 'year > 1950' });
      const { page, complaints } = await open('/console/#/slow');
      await page.getByRole('tab', { name: 'Newest' }).click();
      const newest = page.getByRole('table', { name: 'Newest' }).locator('tbody tr').first();
      await newest.waitFor();
      const text = await newest.textContent();
      expect(text).toContain('vector by COSINE, nq 1, limit 4');
      expect(text).toContain('year > ?');
      await newest.getByRole('button').click();
      await page.getByText('Phases in the router').waitFor();
      await page.getByText('do_search', { exact: true }).waitFor();
      expect(complaints).toEqual([]);
    });

    test('a collection shows its schema, its index and where its segments live', async () => {
      const { page, complaints } = await open('/console/#/collections');
      await page.getByRole('link', { name: BOOKS }).click();
      await page.getByRole('cell', { name: 'FloatVector' }).waitFor();
      await page.getByRole('table', { name: 'Indexes' }).getByRole('cell', { name: 'COSINE' }).waitFor();
      await page.getByRole('table', { name: 'Partitions' }).getByRole('cell', { name: '_default' }).waitFor();
      const segments = page.getByRole('table', { name: 'Segments', exact: true }).locator('tbody tr');
      await expect.poll(() => segments.filter({ hasText: 'sealed' }).count(), POLL).toBe(4);
      expect(await segments.filter({ hasText: 'growing' }).textContent()).toContain('the writer');
      expect(complaints).toEqual([]);
    });

    test('the ring is drawn; a reader and a segment can be singled out by keys', async () => {
      const { page, complaints } = await open(`/console/#/placement/default/${BOOKS}`);
      await page
        .getByRole('img', { name: /shares of the hash ring: .* 100\.0 %|shares of the hash ring: .*,/ })
        .waitFor();
      const squares = page.getByRole('button', { name: /^segment \d+: holds it$/ });
      await expect.poll(() => squares.count(), POLL).toBe(4);
      await squares.first().press('Enter');
      await page
        .getByRole('status')
        .filter({ hasText: /^Segment \d+ of partition _default: 250 rows/ })
        .waitFor();
      const reader = page.getByRole('table', { name: 'Segments of each reader' }).getByRole('rowheader').first();
      await reader.getByRole('button').press('Enter');
      await page
        .getByRole('status')
        .filter({ hasText: /owns .* of this collection; 640 points on the ring/ })
        .waitFor();
      await page.keyboard.press('Escape');
      await page.getByText('Click a reader, an arc or a segment').waitFor();
      expect(complaints).toEqual([]);
    });

    test('seals are listed with their rows, nodes with their version and how long they are up', async () => {
      const { page, complaints } = await open('/console/#/jobs');
      const jobs = page.getByRole('table', { name: 'Seals and compactions' }).locator('tbody tr');
      await expect.poll(() => jobs.filter({ hasText: 'completed' }).count(), POLL).toBeGreaterThanOrEqual(4);
      expect(await jobs.first().textContent()).toContain('250');
      await page.keyboard.press('6');
      const nodes = page.getByRole('table', { name: 'Nodes' }).locator('tbody tr');
      await nodes.first().waitFor();
      const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
      for (const text of await nodes.allTextContents())
        expect(text).toMatch(new RegExp(`healthyclosed.*${version}\\d+ (s|min)`));
      expect(complaints).toEqual([]);
    });

    test('the help opens by its key, holds the focus and closes by Escape', async () => {
      const { page } = await open();
      await page.keyboard.press('?');
      const help = page.getByRole('dialog', { name: 'Keys' });
      await help.waitFor();
      await page.keyboard.press('2');
      expect(page.url()).not.toContain('collections');
      await page.keyboard.press('Escape');
      await help.waitFor({ state: 'hidden' });
      await page.keyboard.press('8');
      await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
      await page.getByRole('searchbox', { name: 'Find' }).waitFor();
      await page.keyboard.press('/');
      await page.keyboard.type('slowQueryMs');
      await expect.poll(() => page.getByRole('table', { name: 'Settings' }).locator('tbody tr').count(), POLL).toBe(1);
    });

    test('nothing moves where people asked for little motion, and narrow windows need no scrolling sideways', async () => {
      const { page } = await open('/console/', { reducedMotion: 'reduce', viewport: { width: 900, height: 800 } });
      await page.getByRole('img', { name: /router .* asks/ }).waitFor();
      const running = '[...document.getAnimations()].filter((one) => one.playState === "running").length';
      expect(await page.evaluate(running)).toBe(0);
      for (const view of ['overview', 'collections', 'placement', 'search', 'slow', 'members', 'jobs', 'settings']) {
        await page.goto(`${origin}/console/#/${view}`);
        await page.locator('main h1').waitFor();
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      }
    });

    test('dark and light follow the system, and the choice is kept', async () => {
      const { page } = await open('/console/', { colorScheme: 'dark' });
      const theme = () => page.evaluate('document.documentElement.dataset.theme');
      const back = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
      expect([await theme(), await back()]).toEqual(['dark', 'rgb(14, 19, 25)']);
      await page.keyboard.press('t');
      await expect.poll(back, POLL).toBe('rgb(244, 246, 249)');
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
      await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
      for (let i = 0; i < 5; i++) await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('Search');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: 'Search' }).waitFor();
      await page.getByRole('textbox', { name: 'Filter' }).focus();
      await page.keyboard.type('2');
      expect(page.url()).toContain('#/search');
    });

    test('calls must be JSON, and only those that change nothing are there', async () => {
      const call = `${origin}/console/calls/collections/describe`;
      expect((await fetch(call, { method: 'POST', body: '{}' })).status).toBe(400);
      expect((await fetch(`${origin}/console/calls/collections/drop`, { method: 'POST', body: '{}' })).status).toBe(
        405,
      );
    });
  },
);

function focused(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.textContent');
}
