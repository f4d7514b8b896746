import Type from 'typebox';
import { LoadState } from '../../../operations/loading/load-state.ts';
import {
  CollectionBody,
  Name,
  OptionalCount,
  OptionalFlag,
  OptionalName,
  OptionalNames,
  Settings,
} from '../codec/bodies.ts';
import { textsOf } from '../codec/settings.ts';
import { answer, DONE, type Endpoint, endpoint } from '../endpoint.ts';
import { createCollectionEndpoint } from './create-collection.ts';
import { describeCollectionEndpoint, loadStateName } from './describe-collection.ts';

const CompactionId = Type.Union([Type.Integer(), Type.String()]);

export const collectionEndpoints: readonly Endpoint[] = [
  createCollectionEndpoint,
  describeCollectionEndpoint,

  endpoint('collections/list', Type.Object({}), async (_body, { operations, context }) => {
    const listed = await operations.listCollections(context, { loadedOnly: false, names: [] });
    return answer(listed.map(({ collection }) => collection.name));
  }),

  endpoint('collections/has', CollectionBody, async ({ collectionName }, { operations, context }) =>
    answer({ has: await operations.hasCollection(context, { name: collectionName }) }),
  ),

  endpoint('collections/get_stats', CollectionBody, async ({ collectionName }, { operations, context }) => {
    const { rowCount } = await operations.collectionStatistics(context, { name: collectionName });
    return answer({ rowCount });
  }),

  endpoint(
    'collections/get_load_state',
    Type.Object({
      collectionName: Name,
      partitionNames: Type.Optional(Type.Union([Type.Array(Type.String()), Type.String()])),
    }),
    async ({ collectionName, partitionNames = [] }, { operations, context }) => {
      const partitions = typeof partitionNames === 'string' ? [partitionNames] : partitionNames;
      const { state, progress } = await operations.loadState(context, { collection: collectionName, partitions });
      // Whoever asks for the state of what is not there gets the error of describing it.
      if (state === LoadState.NotExist) await operations.describeCollection(context, { name: collectionName });
      return answer({ loadState: loadStateName(state), loadProgress: Math.floor(progress), message: '' });
    },
  ),

  endpoint('collections/drop', CollectionBody, async ({ collectionName }, { operations, context }) => {
    await operations.dropCollection(context, { name: collectionName });
    return DONE;
  }),

  endpoint(
    'collections/rename',
    Type.Object({ collectionName: Name, newCollectionName: Name, newDbName: OptionalName }),
    async ({ collectionName, newCollectionName, newDbName = '' }, { operations, context }) => {
      const input = { name: collectionName, newName: newCollectionName, newDatabase: newDbName };
      await operations.renameCollection(context, input);
      return DONE;
    },
  ),

  loadEndpoint('collections/load', false),
  loadEndpoint('collections/refresh_load', true),

  endpoint('collections/release', CollectionBody, async ({ collectionName }, { operations, context }) => {
    await operations.release(context, { collection: collectionName, partitions: [] });
    return DONE;
  }),

  endpoint(
    'collections/flush',
    CollectionBody,
    async ({ collectionName }, { operations, context }) => {
      await operations.flush(context, { collections: [collectionName] });
      return DONE;
    },
    { isMaintenance: true },
  ),

  endpoint('collections/truncate', CollectionBody, async ({ collectionName }, { operations, context }) => {
    await operations.truncateCollection(context, { name: collectionName });
    return DONE;
  }),

  endpoint(
    'collections/compact',
    Type.Object({ collectionName: Name, targetSize: OptionalCount }),
    async ({ collectionName, targetSize = 0 }, { operations, context }) => {
      const { jobId } = await operations.compact(context, { collection: collectionName, targetSizeMb: targetSize });
      return answer({ compactionID: jobId });
    },
  ),

  endpoint(
    'collections/get_compaction_state',
    Type.Object({ jobID: Type.Optional(CompactionId), compactionID: Type.Optional(CompactionId) }),
    async ({ jobID, compactionID }, { operations, context }) => {
      const output = await operations.compactionState(context, { jobId: Number(jobID ?? compactionID ?? -1) });
      return answer({
        compactionID: Number(jobID ?? compactionID ?? -1),
        state: output.done ? 'Completed' : 'Executing',
        executingPlan: output.executingCount,
        timeoutPlan: 0,
        completedPlan: output.completedCount,
      });
    },
  ),

  endpoint(
    'collections/alter_properties',
    Type.Object({ collectionName: Name, properties: Settings }),
    async ({ collectionName, properties }, { operations, context }) => {
      await operations.alterCollection(context, { name: collectionName, set: textsOf(properties), unset: [] });
      return DONE;
    },
  ),

  endpoint(
    'collections/drop_properties',
    Type.Object({ collectionName: Name, propertyKeys: Type.Array(Type.String()) }),
    async ({ collectionName, propertyKeys }, { operations, context }) => {
      await operations.alterCollection(context, { name: collectionName, set: {}, unset: propertyKeys });
      return DONE;
    },
  ),
];

function loadEndpoint(path: string, refresh: boolean): Endpoint {
  return endpoint(
    path,
    Type.Object({
      collectionName: Name,
      replicaNumber: OptionalCount,
      resourceGroups: OptionalNames,
      loadFields: OptionalNames,
      skipLoadDynamicField: OptionalFlag,
    }),
    async (body, call) => {
      await call.operations.load(call.context, {
        collection: body.collectionName,
        partitions: [],
        replicaCount: body.replicaNumber ?? 0,
        resourceGroups: body.resourceGroups ?? [],
        fields: body.loadFields ?? [],
        skipDynamicField: body.skipLoadDynamicField ?? false,
        refresh,
      });
      return DONE;
    },
  );
}
