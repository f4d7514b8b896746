import type { ProfiledSearch } from '../../../cli/compose/page-shapes.ts';

/** What the REST API answers (router/api/rest/endpoints), as far as the console reads it. */

export interface FieldDescription {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly elementType?: string;
  readonly primaryKey: boolean;
  readonly autoId: boolean;
  readonly partitionKey: boolean;
  readonly clusteringKey: boolean;
  readonly nullable: boolean;
  readonly description: string;
  readonly params: readonly { readonly key: string; readonly value: string }[];
}

export interface CollectionDescription {
  readonly collectionName: string;
  readonly description: string;
  readonly consistencyLevel: string;
  readonly enableDynamicField: boolean;
  readonly load: string;
  readonly fields: readonly FieldDescription[];
  readonly functions: readonly {
    readonly name: string;
    readonly type: string;
    readonly inputFieldNames: readonly string[];
    readonly outputFieldNames: readonly string[];
  }[];
  readonly indexes: readonly { readonly fieldName: string; readonly indexName: string }[];
  readonly properties: readonly { readonly key: string; readonly value: string }[];
  readonly aliases: readonly string[];
}

export interface IndexDescription {
  readonly indexName: string;
  readonly fieldName: string;
  readonly indexType: string;
  readonly metricType: string;
  readonly indexState: string;
  readonly totalRows: number;
  readonly indexedRows: number;
  readonly failReason: string;
}

/** Numbers of 64 bits come as text. */
export interface SegmentInfos {
  readonly segmentInfos: readonly {
    readonly segmentID: string | number;
    readonly partitionID: string | number;
    readonly numRows: string | number;
    readonly state: string;
    readonly memSize: string | number;
  }[];
}

export interface ImportJobs {
  readonly records: readonly {
    readonly jobId: string;
    readonly collectionName: string;
    readonly state: string;
    readonly progress: number;
    readonly reason?: string;
  }[];
}

export interface SearchAnswer extends ProfiledSearch {
  readonly data: readonly Readonly<Record<string, unknown>>[];
}
