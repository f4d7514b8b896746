import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PATH = '/usr/bin/chromium';

export function missingChromium(): string | undefined {
  return existsSync(PATH) ? undefined : `${PATH} is not there (apt-get install chromium)`;
}

/** Debian's Chromium without a window. */
export function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: PATH,
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update'],
  });
}

export interface WatchedPage {
  readonly page: Page;
  /** What the page said went wrong, and every request that left the process that serves it. */
  readonly complaints: readonly string[];
}

/** A page in a context of its own. `origin` is the only one that it may ask. */
export async function openPage(
  browser: Browser,
  origin: string,
  options?: BrowserContextOptions,
): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) complaints.push(`asks ${request.url()}`);
  });
  return { page, complaints };
}
