import { randomUUID } from 'node:crypto';
import type { LogFixture } from '../../../contract/log-contract.ts';
import type { KafkaBroker } from '../../../servers/kafka.ts';
import { openBuiltin } from '../../test-host.ts';

/** A log in a topic of its own. */
export function createKafkaTopic(broker: KafkaBroker, options: Record<string, unknown> = {}): LogFixture {
  const topic = `log-${randomUUID()}`;
  return {
    open: () => openBuiltin('log', 'kafka', kafkaOptionsOf(broker, { topic, ...options })),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** The options of a log on a broker that stands alone. */
export function kafkaOptionsOf(broker: KafkaBroker, options: Record<string, unknown> = {}): Record<string, unknown> {
  return { brokers: [broker.address], replicationFactor: 1, ...options };
}
