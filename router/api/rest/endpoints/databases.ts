import Type from 'typebox';
import { Name, Settings } from '../codec/bodies.ts';
import { textsOf } from '../codec/settings.ts';
import { answer, DONE, type Endpoint, endpoint } from '../endpoint.ts';

const DatabaseBody = Type.Object({ dbName: Name });

export const databaseEndpoints: readonly Endpoint[] = [
  endpoint('databases/list', Type.Object({}), async (_body, { operations, context }) => {
    const { databases } = await operations.listDatabases(context);
    return answer(databases.map(({ name }) => name));
  }),

  endpoint(
    'databases/create',
    Type.Object({ dbName: Name, properties: Type.Optional(Settings) }),
    async ({ dbName, properties }, { operations, context }) => {
      await operations.createDatabase(context, { name: dbName, properties: textsOf(properties) });
      return DONE;
    },
  ),

  endpoint('databases/drop', DatabaseBody, async ({ dbName }, { operations, context }) => {
    await operations.dropDatabase(context, { name: dbName });
    return DONE;
  }),

  endpoint('databases/describe', DatabaseBody, async ({ dbName }, { operations, context }) => {
    const { id, name, properties } = await operations.describeDatabase(context, { name: dbName });
    const list = Object.entries(properties).map(([key, value]) => ({ key, value }));
    return answer({ dbName: name, dbID: id, properties: list });
  }),

  endpoint(
    'databases/alter',
    Type.Object({ dbName: Name, properties: Settings }),
    async ({ dbName, properties }, { operations, context }) => {
      await operations.alterDatabase(context, { name: dbName, set: textsOf(properties), unset: [] });
      return DONE;
    },
  ),

  endpoint(
    'databases/drop_properties',
    Type.Object({ dbName: Name, propertyKeys: Type.Array(Type.String()) }),
    async ({ dbName, propertyKeys }, { operations, context }) => {
      await operations.alterDatabase(context, { name: dbName, set: {}, unset: propertyKeys });
      return DONE;
    },
  ),
];
