import { expect, test } from 'vitest';
import type { RoleRecord, UserRecord } from '../../../core/access/access-records.ts';
import type { MetadataSubject } from '../metadata-contract.ts';
import { databaseRecord, lead, publication } from './records.ts';

const ADA: UserRecord = { name: 'ada', passwordHash: 'scrypt$1$2$3$=', description: 'ä "quoted"', roles: ['editor'] };
const EDITOR: RoleRecord = {
  name: 'editor',
  description: '',
  grants: [{ objectType: 'Collection', objectName: '*', privilege: 'Search', database: 'default', grantor: 'root' }],
};
const GROUP = { name: 'readers', privileges: ['Query', 'Search'] };

export function accessContract(subject: MetadataSubject): void {
  test('begins empty, at version 0', async () => {
    const store = await subject.open();
    expect(await store.readAccess()).toEqual({ version: 0, users: [], roles: [], privilegeGroups: [] });
    expect(await store.readAccess(0)).toBeUndefined();
  });

  test('users, roles and groups are stored, replaced, read by name and dropped', async () => {
    const store = await subject.open();
    const { apply } = await lead(store);
    const bob = { ...ADA, name: 'Bob', roles: [] };
    await apply({ kind: 'putUser', user: ADA }, { kind: 'putUser', user: bob }, { kind: 'putRole', role: EDITOR });
    // The same name as a user's is another thing.
    const version = await apply({ kind: 'putPrivilegeGroup', group: { ...GROUP, name: 'ada' } });
    const other = await subject.open();
    expect(await other.readAccess()).toStrictEqual({
      version,
      users: [bob, ADA],
      roles: [EDITOR],
      privilegeGroups: [{ ...GROUP, name: 'ada' }],
    });
    const changed = { ...ADA, passwordHash: 'scrypt$9', roles: [] };
    await apply({ kind: 'putUser', user: changed }, { kind: 'dropUser', name: 'Bob' });
    await apply({ kind: 'dropRole', name: 'editor' }, { kind: 'dropPrivilegeGroup', name: 'ada' });
    await apply({ kind: 'dropUser', name: 'nobody' });
    expect(await other.readAccess()).toMatchObject({ users: [changed], roles: [], privilegeGroups: [] });
  });

  test('the version grows with these changes only', async () => {
    const store = await subject.open();
    const { apply } = await lead(store);
    await apply({ kind: 'putDatabase', database: databaseRecord() });
    expect(await store.readAccess(0)).toBeUndefined();
    const first = await apply({ kind: 'putRole', role: EDITOR });
    expect((await store.readAccess(0))!.version).toBe(first);
    await apply({ kind: 'putDatabase', database: databaseRecord({ properties: { a: 'b' } }) });
    expect(await store.readAccess(first)).toBeUndefined();
    const second = await apply({ kind: 'putRole', role: EDITOR });
    expect(second).toBeGreaterThan(first);
    expect((await store.readAccess(first))!.version).toBe(second);
  });

  test('a change stands or falls with the others of its transaction', async () => {
    const store = await subject.open();
    const { apply } = await lead(store);
    await expect(apply({ kind: 'putUser', user: ADA }, publication({ collectionId: 404 }))).rejects.toThrow();
    expect(await store.readAccess(0)).toBeUndefined();
  });
}
