import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildConsole } from '../../scripts/build-console.mjs';
import { DEPLOYMENTS, type Deployment } from '../e2e/deployments.ts';
import { mayRunWith } from '../servers/required-server.ts';
import { consoleOf } from './book-collection.ts';
import { missingChromium, openChromium, openPage } from './chromium.ts';

const START_MS = 180_000;
const PASSWORD = 'a password of root';

describe.runIf(mayRunWith('Chromium', missingChromium()))(
  'the console where users must sign in',
  { timeout: 180_000 },
  () => {
    let braid: Deployment;
    let browser: Browser;
    let origin: string;

    beforeAll(async () => {
      expect(buildConsole(process.execPath)).toBe(true);
      braid = await DEPLOYMENTS[0]!.start({ security: { authorizationEnabled: true, rootPassword: PASSWORD } });
      origin = consoleOf(braid);
      browser = await openChromium();
    }, START_MS);

    afterAll(async () => {
      await browser?.close();
      await braid?.[Symbol.asyncDispose]();
    }, START_MS);

    const open = async () => {
      const watched = await openPage(browser, origin);
      watched.page.setDefaultTimeout(60_000);
      await watched.page.goto(`${origin}/console/#/members`);
      await watched.page.getByRole('heading', { level: 1, name: 'Sign in to Braid' }).waitFor();
      return watched;
    };

    test('a wrong password is refused in words, the right one opens the view that was asked for', async () => {
      const { page, complaints } = await open();
      // The form takes the keyboard itself.
      await page.locator('input:focus').waitFor();
      await page.keyboard.type('root');
      await page.keyboard.press('Tab');
      await page.keyboard.type('another password');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
      expect(await page.getByRole('table').count()).toBe(0);
      await page.getByLabel('Password').fill(PASSWORD);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { level: 1, name: 'Members' }).waitFor();
      await page.getByRole('table', { name: 'Nodes' }).waitFor();
      // The browser itself notes the one 401.
      expect(complaints.filter((complaint) => !complaint.includes('401'))).toEqual([]);
    });

    test('the session outlives a reload in a cookie that scripts cannot read, and nothing else is kept', async () => {
      const { page } = await open();
      await page.getByLabel('User').fill('root');
      await page.getByLabel('Password').fill(PASSWORD);
      await page.keyboard.press('Enter');
      await page.getByRole('table', { name: 'Nodes' }).waitFor();
      await page.reload();
      await page.getByRole('table', { name: 'Nodes' }).waitFor();
      expect(await page.evaluate('document.cookie')).toBe('');
      expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0);
      const cookies = await page.context().cookies();
      expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }]);
    });

    test('signing out asks anew, also after a reload', async () => {
      const { page } = await open();
      await page.getByLabel('User').fill('root');
      await page.getByLabel('Password').fill(PASSWORD);
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { level: 1, name: 'Sign in to Braid' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { level: 1, name: 'Sign in to Braid' }).waitFor();
      expect(await page.context().cookies()).toEqual([]);
    });
  },
);
