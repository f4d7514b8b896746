import type { ResourceGroupRecord } from '../../../core/resource-groups/resource-group.ts';
import { encodeKey } from './columns.ts';
import { encodeResourceGroup } from './resource-group-document.ts';
import type { Sql } from './transactions.ts';

export async function putResourceGroup(sql: Sql, group: ResourceGroupRecord): Promise<void> {
  await dropResourceGroup(sql, group.name);
  const name = encodeKey(group.name, 'name of a resource group');
  await sql
    .insertInto('braid_resource_groups')
    .values({ name, document: encodeResourceGroup(group) })
    .execute();
}

export async function dropResourceGroup(sql: Sql, name: string): Promise<void> {
  await sql.deleteFrom('braid_resource_groups').where('name', '=', name).execute();
}
