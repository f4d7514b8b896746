import type { Config } from '../config/config.ts';

/** Of a process, in logs and traces: `braid-router`, `braid-writer`, `braid-reader`, `braid-all`. */
export function serviceNameOf({ telemetry, roles }: Config): string {
  return `${telemetry.serviceName}-${roles.length === 1 ? roles[0] : 'all'}`;
}
