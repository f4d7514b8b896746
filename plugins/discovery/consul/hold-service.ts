import { randomUUID } from 'node:crypto';
import type Consul from 'consul';
import type { Member } from '../discovery.ts';
import type { HeldRecord } from '../keep-announced.ts';
import { statusOf } from './consul-client.ts';
import type { ConsulOptions } from './consul-options.ts';
import { toConsulService } from './service-record.ts';

/** A TTL check is passed so often within its time. */
const PASSES_PER_TTL = 3;
const ANNOUNCEMENT = 'announcement';

/**
 * Registers the node with the agent and keeps its check passing. An agent that has been restarted without its state does not know the check any more: that is a loss. An
 * agent that does not answer is none: it may be back before the time of the check is over.
 */
export async function holdService(client: Consul, member: Member, options: ConsulOptions): Promise<HeldRecord> {
  const { service, ttlMs, deregisterAfterMs } = options;
  const id = `${service}:${member.nodeId}`;
  const announcement = randomUUID();
  const record = toConsulService(member);
  await client.agent.service.register({
    name: service,
    id,
    address: record.address,
    port: record.port,
    tags: record.tags,
    meta: { ...record.meta, [ANNOUNCEMENT]: announcement },
    check: {
      name: 'the node says that it lives',
      ttl: `${ttlMs}ms`,
      timeout: '', // The typings of the package want it; a TTL check has none.
      status: 'passing',
      deregistercriticalserviceafter: `${deregisterAfterMs}ms`,
    },
  });
  const { promise: lost, resolve: lose } = Promise.withResolvers<string>();
  const stopPassing = keepPassing(client, `service:${id}`, ttlMs / PASSES_PER_TTL, lose);
  return {
    lost,
    withdraw: async () => {
      stopPassing();
      // Another process may have announced the same node since, at the same agent.
      const services = await client.agent.service.list({ filter: `ID == ${JSON.stringify(id)}` });
      if (services[id]?.Meta?.[ANNOUNCEMENT] === announcement) await client.agent.service.deregister(id);
    },
  };
}

/** Returns what ends it. */
function keepPassing(client: Consul, checkId: string, intervalMs: number, lose: (reason: string) => void): () => void {
  let isPassing = false;
  const timer = setInterval(() => {
    if (isPassing) return;
    isPassing = true;
    client.agent.check
      .pass(checkId)
      .catch((thrown: unknown) => {
        const status = statusOf(thrown);
        if (status !== undefined) lose(`the agent answered with status ${status}`);
      })
      .finally(() => {
        isPassing = false;
      });
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
