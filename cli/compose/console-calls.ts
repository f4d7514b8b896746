import { randomUUID } from 'node:crypto';
import { BlockList, isIPv6 } from 'node:net';
import { join } from 'node:path';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { Config } from '../../config/config.ts';
import { systemClock } from '../../core/clock.ts';
import { BraidError } from '../../core/errors.ts';
import { isRecord } from '../../core/rows/is-record.ts';
import type { AccessGate } from '../../router/api/access/access-gate.ts';
import { rightOfPath } from '../../router/api/access/call-rights.ts';
import { API_LIMITS } from '../../router/api/limits.ts';
import type { Endpoint, RestAnswer } from '../../router/api/rest/endpoint.ts';
import { ENDPOINTS } from '../../router/api/rest/rest-server.ts';
import type { Cluster } from '../../router/cluster/cluster.ts';
import { CallNotes } from '../../router/operations/call-notes.ts';
import type { Operations } from '../../router/operations/operations.ts';
import type { Principal, RequestContext } from '../../router/operations/request-context.ts';
import { StaticSite } from '../../telemetry/static-site.ts';
import type { ConsoleAnswer, ProfiledSearch } from './page-shapes.ts';
import type { ProcessParts } from './process-parts.ts';

/** Calls of the REST API that the console makes; none of them changes anything. */
const READ_ONLY = [
  'collections/describe',
  'indexes/list',
  'indexes/describe',
  'partitions/list',
  'segments/describe',
  'jobs/import/list',
] as const;

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

type Call = (body: unknown, caller?: Principal) => Promise<ConsoleAnswer>;

export function consoleSite(): StaticSite {
  const folder = join(import.meta.dirname, '../../console/dist');
  return new StaticSite({ base: '/console', redirects: ['/webui', '/webui/'], folder });
}

/** The router that answers. */
export interface Served {
  readonly operations: Operations;
  readonly cluster: Pick<Cluster, 'nodeSpans'>;
  /** Undefined: callers need not say who they are. */
  readonly gate: AccessGate | undefined;
}

/**
 * What the console asks besides the pages, at `/console/calls/<path of the REST API>`: the bodies are those of the REST API. 64-bit integers come as text, because a
 * browser's numbers are doubles. A search is profiled; it is refused on a port that other machines reach, unless the settings allow it. With a gate, a call needs what it needs in the API.
 */
export function consoleCalls(parts: ProcessParts, { operations, cluster, gate }: Served): ReadonlyMap<string, Call> {
  const endpointAt = (path: string): Endpoint => ENDPOINTS.find((endpoint) => endpoint.path === path)!;
  const serve = async (path: string, body: unknown, context: RequestContext): Promise<RestAnswer> => {
    const { principal, database } = context;
    if (gate) await gate.authorize(principal!, rightOfPath(path), body, database);
    return endpointAt(path).serve(body, { operations, context, int64: 'text', limits: API_LIMITS });
  };
  const calls = READ_ONLY.map((path): [string, Call] => [
    `/console/calls/${path}`,
    async (body, caller) => answerOf(await serve(path, body, contextOf(body, caller))),
  ]);
  return new Map<string, Call>([
    ...calls,
    [
      '/console/calls/entities/search',
      async (body, caller): Promise<ProfiledSearch> => {
        refuseToShowRows(parts.config, gate !== undefined);
        const context = contextOf(body, caller);
        const startedMs = performance.now();
        let durationMs = 0;
        const { value, profile } = await parts.tracing.profiler.profile(
          async (trace) => {
            const answer = await serve('entities/search', body, { ...context, trace });
            durationMs = performance.now() - startedMs;
            return answer;
          },
          (traceId, nodes) => cluster.nodeSpans.fetch(traceId, nodes),
        );
        return { ...answerOf(value), durationMs, plan: context.notes.plan!, profile };
      },
    ],
  ]);
}

function refuseToShowRows({ management: { host, consoleSearch } }: Config, isGuarded: boolean): void {
  if (consoleSearch ?? (isGuarded || host === 'localhost' || LOOPBACK.check(host, isIPv6(host) ? 'ipv6' : 'ipv4')))
    return;
  throw new BraidError(
    'privilegeNotPermitted',
    `the console does not search where others can reach its port (management.host is ${host}): set management.consoleSearch to allow it`,
  );
}

function contextOf(body: unknown, principal: Principal | undefined): RequestContext {
  const database = isRecord(body) && typeof body['dbName'] === 'string' ? body['dbName'] : '';
  return {
    database: database || 'default',
    requestId: randomUUID(),
    deadlineMs: systemClock.monotonicMs() + API_LIMITS.callMs,
    signal: new AbortController().signal,
    trace: ROOT_CONTEXT,
    principal,
    notes: new CallNotes(),
  };
}

function answerOf({ json, beside }: RestAnswer): ConsoleAnswer {
  return { ...beside, data: JSON.parse(json) };
}
