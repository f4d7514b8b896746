import type { EndpointPages } from './endpoint-page.ts';

const films = { collectionName: 'films' };

export const COLLECTION_PAGES: EndpointPages = {
  'collections/create': {
    summary: 'Create a collection',
    description: `Two ways:

- **Quick**: say \`dimension\`. The collection gets a key \`id\`, a vector \`vector\`, a dynamic field for all other keys, an index, and is loaded at once.
- **With a \`schema\`**: you name the fields. With \`indexParams\` the collection is indexed and loaded at once, without them it waits for \`indexes/create\` and \`collections/load\`.

\`params\` may hold \`consistencyLevel\` (Strong, Session, Bounded, Eventually), \`shardsNum\`, \`partitionsNum\`, \`ttlSeconds\`, \`partitionKeyIsolation\`, \`mmap.enabled\`,
and for quick collections \`enableDynamicField\` and \`max_length\` (of a key of type VarChar).`,
    example: {
      collectionName: 'films',
      schema: {
        autoID: false,
        enableDynamicField: true,
        fields: [
          { fieldName: 'id', dataType: 'Int64', isPrimary: true },
          { fieldName: 'title', dataType: 'VarChar', elementTypeParams: { max_length: 200 } },
          { fieldName: 'year', dataType: 'Int16', nullable: true },
          { fieldName: 'plot', dataType: 'FloatVector', elementTypeParams: { dim: 4 } },
        ],
      },
      indexParams: [
        { fieldName: 'plot', indexName: 'by_plot', metricType: 'COSINE', indexType: 'HNSW', params: { M: 16 } },
      ],
      params: { consistencyLevel: 'Bounded' },
    },
  },
  'collections/list': { summary: 'Names of the collections of a database', example: {}, data: ['films'] },
  'collections/has': { summary: 'Whether a collection is there', example: films, data: { has: true } },
  'collections/describe': {
    summary: 'Schema, indexes, properties and load state of a collection',
    description: 'By its name or by an alias.',
    example: films,
    data: {
      collectionName: 'films',
      collectionID: 1101,
      description: '',
      autoId: false,
      enableDynamicField: true,
      shardsNum: 1,
      partitionsNum: 1,
      consistencyLevel: 'Bounded',
      load: 'LoadStateLoaded',
      fields: [
        {
          id: 100,
          name: 'id',
          type: 'Int64',
          primaryKey: true,
          autoId: false,
          partitionKey: false,
          clusteringKey: false,
          nullable: false,
          description: '',
          params: [],
        },
      ],
      functions: [],
      aliases: [],
      indexes: [{ fieldName: 'plot', indexName: 'by_plot', metricType: 'COSINE' }],
      properties: [{ key: 'timezone', value: 'UTC' }],
    },
  },
  'collections/get_stats': {
    summary: 'Stored rows of a collection',
    description:
      'Deleted and expired rows count until compaction has dropped them; `count(*)` of `entities/query` is exact.',
    example: films,
    data: { rowCount: 2 },
  },
  'collections/get_load_state': {
    summary: 'Whether a collection, or some of its partitions, can be searched',
    example: films,
    data: { loadState: 'LoadStateLoaded', loadProgress: 100, message: '' },
  },
  'collections/load': {
    summary: 'Make a collection ready to be searched',
    description:
      'Answers at once; `collections/get_load_state` tells how far it is. Every vector field must have an index.',
    example: { ...films, replicaNumber: 1 },
  },
  'collections/refresh_load': { summary: 'Load what has been added since the collection was loaded', example: films },
  'collections/release': { summary: 'Take a collection out of memory', example: films },
  'collections/flush': {
    summary: 'Seal the rows that are in memory',
    description:
      'Answers when they are in sealed segments. Rows are durable and can be searched without it: it is rarely needed.',
    example: films,
  },
  'collections/compact': {
    summary: 'Merge segments, and drop deleted and expired rows',
    description: 'Braid does this by itself. `compactionID` is -1 when there is nothing to do.',
    example: films,
    data: { compactionID: 1730 },
  },
  'collections/get_compaction_state': {
    summary: 'How far a compaction is',
    example: { jobID: 1730 },
    data: { compactionID: 1730, state: 'Completed', executingPlan: 0, timeoutPlan: 0, completedPlan: 1 },
  },
  'collections/rename': {
    summary: 'Give a collection another name, or move it to another database',
    description: 'A collection that has aliases cannot change its database.',
    example: { collectionName: 'films', newCollectionName: 'movies' },
  },
  'collections/truncate': {
    summary: 'Delete all rows of a collection',
    description: 'Schema, indexes, partitions and load state stay. Readers see all of the rows or none.',
    example: { collectionName: 'movies' },
  },
  'collections/drop': {
    summary: 'Delete a collection with everything in it',
    description: 'Its aliases must be dropped first. A collection that is not there is success.',
    example: { collectionName: 'movies' },
  },
  'collections/alter_properties': {
    summary: 'Set properties of a collection',
    description: `Known ones are checked: \`collection.ttl.seconds\` (rows older than this are not there any more; -1: for ever), \`mmap.enabled\` (only while the collection is released),
\`partitionkey.isolation\`, \`allow_insert_auto_id\`, \`timezone\`. All others are kept as they are.`,
    example: { ...films, properties: { 'collection.ttl.seconds': 86_400 } },
  },
  'collections/drop_properties': {
    summary: 'Remove properties of a collection',
    example: { ...films, propertyKeys: ['collection.ttl.seconds'] },
  },
  'collections/fields/add': {
    summary: 'Add a field to a collection',
    description:
      'Also while it is loaded. The field must be nullable; rows that are there read as its default value, or null, and are not found by a vector that they lack.',
    example: { ...films, schema: { fieldName: 'rating', dataType: 'Float', nullable: true, defaultValue: 5 } },
  },
  'collections/fields/alter_properties': {
    summary: 'Change properties of a field',
    description: '`max_length`, `max_capacity`, `mmap.enabled`, `description`.',
    example: { ...films, fieldName: 'title', fieldParams: { max_length: 300 } },
  },
  'collections/fields/drop': {
    summary: 'Drop a field of a collection',
    description:
      'Its indexes go with it. Keys, the last vector, and what a function reads or computes cannot be dropped; a struct goes with all its sub-fields.',
    example: { ...films, fieldName: 'rating' },
  },
  'collections/struct_fields/add': {
    summary: 'Add an array of structs to a collection',
    description: 'It must be nullable; rows that are there read as null.',
    example: {
      ...films,
      schema: {
        fieldName: 'scenes',
        nullable: true,
        fields: [
          {
            fieldName: 'minute',
            dataType: 'Array',
            elementDataType: 'Int16',
            elementTypeParams: { max_capacity: 100 },
          },
        ],
      },
    },
  },
  'collections/add_function': {
    summary: 'Let the server compute a field',
    description: `The function is BM25. Its output must be a sparse vector field without an index; what was sent for it before is gone, and rows that are there already have the output, too.
Then index the field (metric BM25), load, and search it by text.`,
    example: {
      ...films,
      function: { name: 'words', type: 'BM25', inputFieldNames: ['title'], outputFieldNames: ['title_words'] },
    },
  },
  'collections/alter_function': {
    summary: 'Describe a function anew',
    description: 'The function is sent whole; only its description may be another.',
    example: {
      ...films,
      functionName: 'words',
      function: {
        name: 'words',
        description: 'words of titles',
        type: 'BM25',
        inputFieldNames: ['title'],
        outputFieldNames: ['title_words'],
      },
    },
  },
  'collections/drop_function': {
    summary: 'Compute a field no longer',
    description:
      'The output stays as a nullable field without values, for clients to send; its index must be dropped before.',
    example: { ...films, functionName: 'words' },
  },
};
