import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../../../core/backoff.ts';
import { BraidError } from '../../../core/errors.ts';
import type { PluginLogger } from '../../plugin.ts';
import { LOG_LIMITS } from '../limits.ts';
import type { KafkaClients } from './kafka-clients.ts';
import { checkTopicSettings, createdSettings } from './topic-settings.ts';

/** What Kafka says where it knows no id: brokers before 2.8. */
const NO_TOPIC_ID = '00000000-0000-0000-0000-000000000000';

/**
 * The id of the topic, which is made first if it is missing and may be made. Throws a BraidError that says what to do about one that is no place for a log.
 */
export async function openTopic(clients: KafkaClients, logger: PluginLogger): Promise<string> {
  const found = (await findTopic(clients)) ?? (await createTopic(clients, logger));
  const { topic } = clients.options;
  if (found.partitionsCount !== 1) {
    const message = `topic "${topic}" has ${found.partitionsCount} partitions, a log needs exactly 1: name another topic in log.with.topic`;
    throw new BraidError('parameterInvalid', message);
  }
  if (found.id === NO_TOPIC_ID || found.id === topic)
    throw new BraidError('parameterInvalid', 'these brokers give topics no ids: Kafka 3.5 or later is needed');
  await checkTopicSettings(clients, found.partitions[0]?.replicas.length ?? 1, logger);
  return found.id;
}

type FoundTopic = NonNullable<Awaited<ReturnType<KafkaClients['topic']>>>;

async function findTopic(clients: KafkaClients): Promise<FoundTopic | undefined> {
  try {
    return await clients.consumer
      .metadata({ topics: [clients.options.topic], forceUpdate: true })
      .then(({ topics }) => topics.get(clients.options.topic));
  } catch (error) {
    if (isUnknownTopic(error)) return undefined;
    return await clients.run(() => Promise.reject(error));
  }
}

/** The client turns the broker's answer into a message of its own. */
function isUnknownTopic(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Unknown topic');
}

async function createTopic(clients: KafkaClients, logger: PluginLogger): Promise<FoundTopic> {
  const { topic, createTopic: mayCreate, replicationFactor, brokers } = clients.options;
  const configs = createdSettings(replicationFactor);
  if (!mayCreate) {
    const settings = configs.map(({ name, value }) => `--config ${name}=${value}`).join(' ');
    const command = `kafka-topics.sh --bootstrap-server ${brokers[0]} --create --topic ${topic} --partitions 1 --replication-factor ${replicationFactor} ${settings}`;
    throw new BraidError(
      'parameterInvalid',
      `there is no topic "${topic}": set log.with.createTopic, or run: ${command}`,
    );
  }
  try {
    await clients.run(() =>
      clients.admin.createTopics({ topics: [topic], partitions: 1, replicas: replicationFactor, configs }),
    );
    logger.info({ topic, replicationFactor }, 'made the topic of the log');
  } catch (error) {
    // Another writer may have been faster.
    if (!(error instanceof BraidError) || !/TOPIC_ALREADY_EXISTS/.test(error.message)) throw error;
  }
  const backoff = new Backoff(LOG_LIMITS.kafka.retryMinMs, LOG_LIMITS.kafka.retryMaxMs);
  for (let attempt = 1; attempt < LOG_LIMITS.kafka.beginAttemptsMax; attempt++) {
    const found = await findTopic(clients).catch(() => undefined);
    if (found !== undefined && (found.partitions[0]?.leader ?? -1) >= 0) return found;
    await sleep(backoff.nextMs());
  }
  throw new BraidError('serviceUnavailable', `topic "${topic}" was made, but no broker leads it yet: try again`);
}
