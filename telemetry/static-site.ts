import { readdir, readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** Scripts and styles from files of the site only, calls to its own origin only, in nobody's frame. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const compress = promisify(gzip);

interface SiteFile {
  readonly body: Buffer;
  readonly gzipped: Buffer;
  readonly contentType: string;
  readonly cacheControl: string;
}

export interface StaticSiteOptions {
  /** Where it is found: `/console`. */
  readonly base: string;
  /** Paths that lead there. */
  readonly redirects: readonly string[];
  /** The files, as vite builds them: what lies in `assets` has the hash of its content in its name. */
  readonly folder: string;
}

/** A few built files, served from memory. They are read when the first of them is asked for. */
export class StaticSite {
  readonly #options: StaticSiteOptions;
  #files: Promise<ReadonlyMap<string, SiteFile>> | undefined;

  constructor(options: StaticSiteOptions) {
    this.#options = options;
  }

  /** False when this path is none of the site's. */
  async serve(path: string, response: ServerResponse): Promise<boolean> {
    const { base, redirects } = this.#options;
    if (path === base || redirects.includes(path)) {
      response.writeHead(302, { location: `${base}/`, 'content-length': 0 }).end();
      return true;
    }
    if (!path.startsWith(`${base}/`)) return false;
    const file = (await this.#read()).get(path.slice(base.length + 1) || 'index.html');
    if (!file) return false;
    const isGzipped = /\bgzip\b/.test(String(response.req.headers['accept-encoding'] ?? ''));
    const body = isGzipped ? file.gzipped : file.body;
    response.writeHead(200, {
      'content-type': file.contentType,
      'content-length': body.byteLength,
      ...(isGzipped && { 'content-encoding': 'gzip' }),
      vary: 'accept-encoding',
      'cache-control': file.cacheControl,
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    response.end(body);
    return true;
  }

  /** A site that is not built yet is looked for again the next time. */
  async #read(): Promise<ReadonlyMap<string, SiteFile>> {
    this.#files ??= readSite(this.#options.folder);
    const files = await this.#files;
    if (files.size === 0) this.#files = undefined;
    return files;
  }
}

async function readSite(folder: string): Promise<ReadonlyMap<string, SiteFile>> {
  const names = await readdir(folder, { recursive: true }).catch((): string[] => []);
  const known = names.filter((name) => extname(name) in CONTENT_TYPES);
  const files = known.map(async (name): Promise<[string, SiteFile]> => {
    const path = name.replaceAll('\\', '/');
    const cacheControl = path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    const body = await readFile(join(folder, name));
    const gzipped = await compress(body);
    return [path, { body, gzipped, contentType: CONTENT_TYPES[extname(name)]!, cacheControl }];
  });
  return new Map(await Promise.all(files));
}
