/** Bounds of the discovery plugins. */
export const DISCOVERY_LIMITS = {
  /** One record of a member in a registry: etcd takes 1.5 MB, ZooKeeper 1 MB, a value of Consul's meta 512 bytes. */
  recordBytesMax: 16 * 1024,
  nodeIdLengthMax: 256,
  /** Records that could not be read and were warned about: a registry of nothing but garbage must not fill the memory. */
  warningsKept: 1_000,

  /** `announce` waits this long for a registry that does not answer; then it goes on in the background. */
  announceWaitMsMax: 5_000,
  /** A process that stops gives the registry this long to take its record out; then the record is left to expire. */
  withdrawMsMax: 3_000,
  /** Waits between tries to reach a registry. */
  retryDelayMsMin: 100,
  retryDelayMsMax: 5_000,

  /** A registry is read again after this silence, in case a change was not told. */
  rereadMs: 30_000,
  /** A connection to etcd that says nothing is asked whether it lives; servers refuse to be asked more often than every 5 s. */
  etcdKeepaliveMs: 10_000,
  /** Least time between two answers of Consul. */
  consulPauseMs: 100,
  /** An agent takes 200 connections of one machine by default. */
  consulConnectionsMax: 8,

  /** Waits before a name without an answer is asked for again. */
  nameRetryMsMin: 500,
  nameRetryMsMax: 5_000,
  /** Tries of one question to one DNS server. */
  dnsTries: 2,
  /** Targets of SRV records whose addresses are asked for at a time. */
  srvTargetsAtOnce: 16,
  /** EndpointSlices in one answer of Kubernetes; each has at most 100 endpoints by default. */
  slicesPerPage: 100,
  listTimeoutSeconds: 30,
} as const;
