import Type from 'typebox';
import { Name, OptionalName } from '../codec/bodies.ts';
import { answer, DONE, type Endpoint, endpoint } from '../endpoint.ts';

const AliasBody = Type.Object({ aliasName: Name });
const AliasOfBody = Type.Object({ aliasName: Name, collectionName: Name });

export const aliasEndpoints: readonly Endpoint[] = [
  endpoint(
    'aliases/list',
    Type.Object({ collectionName: OptionalName }),
    async ({ collectionName }, { operations, context }) =>
      answer(await operations.listAliases(context, { collection: collectionName ?? '' })),
  ),

  endpoint('aliases/describe', AliasBody, async ({ aliasName }, { operations, context }) => {
    const { alias, collection, database } = await operations.describeAlias(context, { alias: aliasName });
    return answer({ aliasName: alias, collectionName: collection, dbName: database });
  }),

  endpoint('aliases/create', AliasOfBody, async ({ aliasName, collectionName }, { operations, context }) => {
    await operations.createAlias(context, { alias: aliasName, collection: collectionName });
    return DONE;
  }),

  endpoint('aliases/alter', AliasOfBody, async ({ aliasName, collectionName }, { operations, context }) => {
    await operations.alterAlias(context, { alias: aliasName, collection: collectionName });
    return DONE;
  }),

  endpoint('aliases/drop', AliasBody, async ({ aliasName }, { operations, context }) => {
    await operations.dropAlias(context, { alias: aliasName });
    return DONE;
  }),
];
