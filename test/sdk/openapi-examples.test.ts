import { expect, test } from 'vitest';
import type { EndpointPage } from '../../router/api/rest/openapi/endpoint-page.ts';
import { PAGES } from '../../router/api/rest/openapi/openapi-document.ts';
import { okData } from './support/answers.ts';
import { feature, uniqueName } from './support/chapter.ts';
import { httpChapter } from './support/http-chapter.ts';

/** What a reader of the page does who tries one example after the other. */
const STORY = [
  'collections/create',
  'collections/list',
  'collections/has',
  'collections/describe',
  'collections/get_load_state',
  'collections/fields/add',
  'collections/fields/alter_properties',
  'collections/alter_properties',
  'collections/drop_properties',
  'entities/insert',
  'entities/upsert',
  'entities/get',
  'entities/query',
  'entities/search',
  'entities/hybrid_search',
  'entities/advanced_search',
  'entities/delete',
  'collections/flush',
  'collections/get_stats',
  'collections/compact',
  'collections/get_compaction_state',
  'partitions/create',
  'partitions/list',
  'partitions/has',
  'partitions/load',
  'partitions/get_stats',
  'partitions/release',
  'partitions/drop',
  'aliases/create',
  'aliases/list',
  'aliases/describe',
  'aliases/alter',
  'aliases/drop',
  'indexes/create',
  'indexes/list',
  'indexes/describe',
  'collections/load',
  'collections/refresh_load',
  'collections/release',
  'indexes/alter_properties',
  'indexes/drop_properties',
  'indexes/drop',
  'collections/rename',
  'collections/truncate',
  'collections/drop',
];

httpChapter('REST', (rest) => {
  feature('OpenAPI document and page', () => {
    test('every example of collections and rows works, one after the other', async () => {
      const dbName = uniqueName('examples');
      okData(await rest.post('databases/create', { dbName }));
      for (const path of STORY) {
        const { example, data = {} }: EndpointPage = PAGES[path]!;
        const reply = await rest.post(path, { ...example, dbName }, { 'Request-Timeout': '20' });
        expect(reply, `${path}: ${reply.message}`).toMatchObject({ status: 200, code: 0 });
        expect(kindOf(reply.data), path).toBe(kindOf(data));
        if (kindOf(data) === 'object') {
          expect(Object.keys(reply.data), path).toEqual(expect.arrayContaining(Object.keys(data as object)));
        }
      }
      okData(await rest.post('databases/drop', { dbName }));
    }, 60_000);

    test('every example of users, roles and groups works', async () => {
      const paths = [
        ...['create', 'list', 'alter', 'grant_privilege_v2', 'grant_privilege', 'describe'].map(
          (action) => `roles/${action}`,
        ),
        ...['create', 'list', 'grant_role', 'describe', 'update_password', 'revoke_role', 'drop'].map(
          (action) => `users/${action}`,
        ),
        ...['revoke_privilege_v2', 'revoke_privilege', 'drop'].map((action) => `roles/${action}`),
        ...['create', 'add_privileges_to_group', 'remove_privileges_from_group', 'list', 'drop'].map(
          (action) => `privilege_groups/${action}`,
        ),
      ];
      for (const path of paths) {
        const { example, data = {} }: EndpointPage = PAGES[path]!;
        const shown = okData(await rest.post(path, example));
        expect(kindOf(shown), path).toBe(kindOf(data));
        if (path === 'users/describe') expect(shown).toEqual(data);
        if (path === 'roles/describe') expect(shown).toContainEqual((data as unknown[])[0]);
        if (path === 'privilege_groups/list') expect(shown).toEqual(data);
      }
    });

    test('every example of databases works', async () => {
      for (const action of ['create', 'list', 'describe', 'alter', 'drop_properties', 'drop']) {
        okData(await rest.post(`databases/${action}`, PAGES[`databases/${action}`]!.example));
      }
    });
  });
});

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}
