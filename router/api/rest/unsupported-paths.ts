/**
 * Paths of Milvus' REST API that this server knows and does not serve, below `/v2/vectordb/`; `*` stands for all below it. They answer with code 3000, so that
 * a client can tell them from paths that do not exist.
 */
export const UNSUPPORTED_PATHS: readonly string[] = ['quotacenter/*', 'file_resources/*', 'snapshots/*'];
