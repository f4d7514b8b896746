/** What the server says about itself. */
export interface ServerInfo {
  /** As Milvus writes it, for instance `v2.6.17`: the version of the API that is spoken. SDKs show it, none decides by it. */
  readonly version: string;
  readonly buildTime: string;
  readonly gitCommit: string;
  /** `DISTRIBUTED` when router, writer and readers are several processes: then tools offer replicas. */
  readonly deployMode: 'STANDALONE' | 'DISTRIBUTED';
}
