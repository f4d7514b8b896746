import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openapiDocument, PAGES } from '../../../../router/api/rest/openapi/openapi-document.ts';
import { ENDPOINTS } from '../../../../router/api/rest/rest-server.ts';
import { type ApiFixture, openApi } from '../api-fixture.ts';

const document = openapiDocument(ENDPOINTS, '/v2/vectordb/', 'v1') as {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, object>>;
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly components: object;
};

describe('the document', () => {
  test('has a page for every endpoint, and no page for what is not there', () => {
    expect(Object.keys(PAGES).toSorted()).toEqual(ENDPOINTS.map(({ path }) => path).toSorted());
    expect(Object.keys(document.paths)).toHaveLength(ENDPOINTS.length);
    expect(document.tags.filter(({ description }) => description === undefined)).toEqual([]);
  });

  test.each(ENDPOINTS)('the example of $path is what the endpoint takes, every key of it known', ({ path, body }) => {
    const { example } = PAGES[path]!;
    expect([...Compile(body!).Errors(example)]).toEqual([]);
    expect(Object.keys(body!.properties)).toEqual(expect.arrayContaining(Object.keys(example)));
  });

  test('has only types that JSON Schema knows', () => {
    const known = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null', 'http'];
    for (const [, type] of JSON.stringify(document.paths).matchAll(/"type":"(\w+)"/g)) {
      if (!['Int64', 'VarChar', 'Int16', 'FloatVector', 'Float', 'BM25'].includes(type!)) expect(known).toContain(type);
    }
  });

  test('has no reference that leads nowhere', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map((match) => match[1]!);
    expect(references.length).toBeGreaterThan(ENDPOINTS.length);
    for (const reference of new Set(references)) {
      const target = reference
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
      expect(target, reference).toBeTypeOf('object');
    }
  });
});

describe('the server', () => {
  let api: ApiFixture;

  beforeAll(async () => {
    api = await openApi({});
  });

  afterAll(async () => {
    await api?.[Symbol.asyncDispose]();
  });

  test('serves the document', async () => {
    const answer = await fetch(`http://${api.address}/openapi.json`);
    expect(answer.status).toBe(200);
    const served = (await answer.json()) as typeof document;
    expect(served.openapi).toBe('3.1.0');
    expect(served.paths).toEqual(JSON.parse(JSON.stringify(document.paths)));
  });

  test('serves a page whose every part it serves itself', async () => {
    const page = await fetch(`http://${api.address}/docs/`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    const html = await page.text();
    expect(html).toContain('<title>Braid</title>');
    const parts = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts) {
      const url = new URL(part, page.url);
      expect(url.host, part).toBe(api.address);
      const answer = await fetch(url);
      expect(answer.status, part).toBe(200);
      await answer.arrayBuffer();
    }
    const spec = await fetch(`http://${api.address}/docs/json`);
    expect(((await spec.json()) as typeof document).openapi).toBe('3.1.0');
  });

  test('unknown paths are still unknown', async () => {
    for (const path of ['v2/vectordb/films/list', 'docs/nothing', 'openapi.yaml', 'v1/vector/collections']) {
      const answer = await fetch(`http://${api.address}/${path}`, { method: 'POST', body: '{}' });
      expect(answer.status, path).toBe(404);
    }
  });
});
