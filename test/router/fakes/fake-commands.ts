import type { CollectionRecord } from '../../../core/catalog.ts';
import type { CatalogCommand } from '../../../core/catalog-commands.ts';
import { fieldByName } from '../../../core/schema/collection-schema.ts';
import type { FakeWorld } from './fake-world.ts';

/** As much of the writer's catalog as the tests of the router need. */
export function applyCommand(world: FakeWorld, command: CatalogCommand): void {
  world.version++;
  switch (command.kind) {
    case 'createDatabase':
      world.databases.push({
        id: world.nextId(),
        name: command.database,
        createdTimestamp: world.tick(),
        properties: command.properties,
      });
      return;
    case 'createCollection':
      world.addCollection({
        name: command.schema.name,
        schema: command.schema,
        consistencyLevel: command.consistencyLevel,
        indexes: [],
        partitions: Array.from({ length: command.partitionsCount }, (_, i) =>
          partition(world, i === 0 ? '_default' : `_default_${i}`, false),
        ),
        properties: command.properties,
      });
      return;
    case 'createAlias':
      world.aliases.push({ databaseId: 1, name: command.alias, collectionId: find(world, command.collection).id });
      return;
    case 'createPartition': {
      const collection = find(world, command.collection);
      world.alterCollection(collection.id, {
        partitions: [...collection.partitions, partition(world, command.partition, collection.loadsNewPartitions)],
      });
      return;
    }
    case 'createIndex': {
      const collection = find(world, command.collection);
      const field = fieldByName(collection.schema, command.field)!;
      const index = {
        id: world.nextId(),
        name: command.indexName || command.field,
        fieldId: field.id,
        indexType: command.params['index_type']!,
        metricType: command.params['metric_type'] as 'L2',
        params: command.params,
      };
      world.alterCollection(collection.id, { indexes: [...collection.indexes, index] });
      return;
    }
    case 'load':
    case 'release': {
      const collection = find(world, command.collection);
      const loaded = command.kind === 'load';
      const partitions = collection.partitions.map((entry) =>
        command.partitions.length === 0 || command.partitions.includes(entry.name) ? { ...entry, loaded } : entry,
      );
      world.alterCollection(collection.id, { partitions });
      return;
    }
    case 'truncateCollection': {
      const { id } = find(world, command.collection);
      world.growing = [];
      const retired = world.views.get(id)!.segments.map((segment) => segment.id);
      world.publish(id, [], retired);
      return;
    }
  }
}

function find(world: FakeWorld, name: string): CollectionRecord {
  return world.collections.find((collection) => collection.name === name)!;
}

function partition(world: FakeWorld, name: string, loaded: boolean) {
  return { id: world.nextId(), name, createdTimestamp: world.tick(), loaded };
}
