import type { AccessCommand } from './access/access-commands.ts';
import type { ConsistencyLevel } from './catalog.ts';
import type { GroupCommand } from './resource-groups/group-commands.ts';
import type { CollectionSchema, FieldSchema } from './schema/collection-schema.ts';
import type { FunctionDraft, StructDraft } from './schema/validate-collection-schema.ts';

/**
 * Changes of the catalog, as the router asks them of the writer. The router resolves names and validates shapes; the writer, who is alone,
 * checks again what races could have changed (names, limits, load state), applies and answers. Names are given with the database they live in.
 * Idempotence is Milvus': creating what exists with the same definition, dropping what is missing, loading what is loaded all succeed.
 */
export type CatalogCommand =
  | AccessCommand
  | GroupCommand
  | { readonly kind: 'createDatabase'; readonly database: string; readonly properties: Properties }
  | { readonly kind: 'dropDatabase'; readonly database: string }
  | {
      readonly kind: 'alterDatabase';
      readonly database: string;
      readonly set: Properties;
      readonly unset: readonly string[];
    }
  | {
      readonly kind: 'createCollection';
      readonly database: string;
      /** Validated; field ids assigned; dynamic field appended. */
      readonly schema: CollectionSchema;
      readonly consistencyLevel: ConsistencyLevel;
      readonly shardsCount: number;
      /** Partitions to create for a partition key; 0 or 1 otherwise. */
      readonly partitionsCount: number;
      readonly properties: Properties;
    }
  | { readonly kind: 'dropCollection'; readonly database: string; readonly collection: string }
  | {
      readonly kind: 'renameCollection';
      readonly database: string;
      readonly collection: string;
      readonly newDatabase: string;
      readonly newName: string;
    }
  | {
      readonly kind: 'alterCollection';
      readonly database: string;
      readonly collection: string;
      readonly set: Properties;
      readonly unset: readonly string[];
      /** Undefined: stay as they are. */
      readonly description?: string;
      readonly consistencyLevel?: ConsistencyLevel;
    }
  | { readonly kind: 'alterField'; readonly database: string; readonly collection: string; readonly field: FieldSchema }
  | { readonly kind: 'addField'; readonly database: string; readonly collection: string; readonly field: FieldSchema }
  | { readonly kind: 'addStruct'; readonly database: string; readonly collection: string; readonly struct: StructDraft }
  | {
      readonly kind: 'addFunction';
      readonly database: string;
      readonly collection: string;
      readonly definition: FunctionDraft;
      /** Its output, if that is not a field of the collection yet; validated, without an id. */
      readonly field?: FieldSchema;
      /** An index of that field, made in the same change. */
      readonly index?: { readonly name: string; readonly params: Properties };
    }
  | {
      readonly kind: 'alterFunction';
      readonly database: string;
      readonly collection: string;
      readonly name: string;
      readonly definition: FunctionDraft;
    }
  | {
      readonly kind: 'dropFunction';
      readonly database: string;
      readonly collection: string;
      readonly name: string;
      /** The output field and its indexes go with it. */
      readonly dropOutput: boolean;
    }
  | { readonly kind: 'dropField'; readonly database: string; readonly collection: string; readonly field: string }
  | { readonly kind: 'truncateCollection'; readonly database: string; readonly collection: string }
  | {
      readonly kind: 'createPartition';
      readonly database: string;
      readonly collection: string;
      readonly partition: string;
    }
  | {
      readonly kind: 'dropPartition';
      readonly database: string;
      readonly collection: string;
      readonly partition: string;
    }
  | { readonly kind: 'createAlias'; readonly database: string; readonly collection: string; readonly alias: string }
  | { readonly kind: 'alterAlias'; readonly database: string; readonly collection: string; readonly alias: string }
  | { readonly kind: 'dropAlias'; readonly database: string; readonly alias: string }
  | {
      readonly kind: 'createIndex';
      readonly database: string;
      readonly collection: string;
      readonly field: string;
      /** Empty: the field's name, or the index the field already has. */
      readonly indexName: string;
      /** Flattened; `index_type` and `metric_type` among them, defaults filled in by the router. */
      readonly params: Properties;
    }
  | {
      readonly kind: 'alterIndex';
      readonly database: string;
      readonly collection: string;
      readonly indexName: string;
      readonly set: Properties;
      readonly unset: readonly string[];
    }
  | { readonly kind: 'dropIndex'; readonly database: string; readonly collection: string; readonly indexName: string }
  /** Empty `partitions`: the whole collection. */
  | {
      readonly kind: 'load';
      readonly database: string;
      readonly collection: string;
      readonly partitions: readonly string[];
      readonly replicaCount: number;
      /** The resource group of each replica; undefined: all in the default group. */
      readonly replicaGroups?: readonly string[];
      /** Fields that reads may use, with the primary key and what else is needed; undefined: all. */
      readonly fieldIds?: readonly number[];
      /** `fieldIds` come to those that are loaded; else a loaded collection must have just these. */
      readonly addsFields?: boolean;
    }
  | {
      readonly kind: 'release';
      readonly database: string;
      readonly collection: string;
      readonly partitions: readonly string[];
    };

export type Properties = Readonly<Record<string, string>>;
