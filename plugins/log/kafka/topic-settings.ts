import { BraidError } from '../../../core/errors.ts';
import type { PluginLogger } from '../../plugin.ts';
import { LOG_LIMITS } from '../limits.ts';
import type { KafkaClients } from './kafka-clients.ts';

/** Of Kafka's protocol: the resource is a topic. */
const TOPIC_RESOURCE = 2;
const FOREVER = '-1';

interface Setting {
  readonly name: string;
  readonly value: string;
}

/**
 * What a topic is made with. Kafka must not delete anything by itself. A single copy is forced to disk with every append, since no other would survive the machine; several copies are not: that two machines have a
 * record is Kafka's durability.
 */
export function createdSettings(replicationFactor: number): Setting[] {
  return [
    { name: 'cleanup.policy', value: 'delete' },
    { name: 'retention.ms', value: FOREVER },
    { name: 'retention.bytes', value: FOREVER },
    { name: 'segment.bytes', value: String(LOG_LIMITS.kafka.topicSegmentBytes) },
    { name: 'unclean.leader.election.enable', value: 'false' },
    { name: 'min.insync.replicas', value: String(Math.min(2, replicationFactor)) },
    ...(replicationFactor === 1 ? [{ name: 'flush.messages', value: '1' }] : []),
  ];
}

/** Refuses a topic that would lose records of a log, or cannot take them; warns of one that keeps them badly. */
export async function checkTopicSettings(
  clients: KafkaClients,
  replicaCount: number,
  logger: PluginLogger,
): Promise<void> {
  const { topic, messageBytes } = clients.options;
  const settings = await readSettings(clients, logger);
  if (settings === undefined) return;
  const refuse = (why: string): never => {
    throw new BraidError('parameterInvalid', `topic "${topic}" ${why}`);
  };
  const fix = (wanted: string): string =>
    `run: kafka-configs.sh --bootstrap-server ${clients.options.brokers[0]} --alter --entity-type topics --entity-name ${topic} --add-config ${wanted}`;
  if (settings.get('cleanup.policy') !== 'delete')
    refuse(
      `has cleanup.policy=${settings.get('cleanup.policy')}, which loses records; ${fix('cleanup.policy=delete')}`,
    );
  for (const name of ['retention.ms', 'retention.bytes'])
    if (settings.get(name) !== FOREVER)
      refuse(`has ${name}=${settings.get(name)}, after which acknowledged rows are deleted; ${fix(`${name}=-1`)}`);
  const messageBytesMax = Number(settings.get('max.message.bytes'));
  if (messageBytesMax < messageBytes)
    refuse(
      `takes messages of ${messageBytesMax} bytes (max.message.bytes), the log writes ${messageBytes} (log.with.messageBytes): raise the one or lower the other`,
    );
  const inSyncMin = Number(settings.get('min.insync.replicas'));
  if (settings.get('unclean.leader.election.enable') === 'true')
    logger.warn({ topic }, 'unclean.leader.election.enable is true: acknowledged rows can be lost when brokers fail');
  if (replicaCount === 1) logger.warn({ topic }, 'the topic of the log has one copy: what that broker loses is lost');
  else if (inSyncMin < 2)
    logger.warn({ topic, inSyncMin }, 'min.insync.replicas is 1: a record may be acknowledged that one broker has');
  else if (inSyncMin >= replicaCount)
    logger.warn(
      { topic, inSyncMin, replicaCount },
      'no broker of the topic may be away: min.insync.replicas is the number of copies',
    );
}

async function readSettings(
  clients: KafkaClients,
  logger: PluginLogger,
): Promise<ReadonlyMap<string, string | null> | undefined> {
  const resource = {
    resourceType: TOPIC_RESOURCE,
    resourceName: clients.options.topic,
    configurationKeys: null,
  } as const;
  try {
    const described = await clients.run(() => clients.admin.describeConfigs({ resources: [resource] }));
    return new Map(described.flatMap(({ configs }) => configs).map(({ name, value }) => [name, value ?? null]));
  } catch (error) {
    if (!(error instanceof BraidError) || error.kind !== 'privilegeNotPermitted') throw error;
    logger.warn({ topic: clients.options.topic }, 'the settings of the topic cannot be seen: grant DescribeConfigs');
    return undefined;
  }
}
