import { definePlugin } from '../plugin.ts';
import { readTlsFiles } from '../tls-files.ts';
import { KafkaClients } from './kafka/kafka-clients.ts';
import { KafkaLog } from './kafka/kafka-log.ts';
import { kafkaOptions } from './kafka/kafka-options.ts';
import { KafkaPartition } from './kafka/kafka-partition.ts';
import { openTopic } from './kafka/open-topic.ts';

/**
 * The write-ahead log in a topic of Apache Kafka 3.5 or later: any machine can take over from the writer. Durable means that all replicas in sync have a record (acks=all): with three
 * copies and `min.insync.replicas` 2 that is two machines, at least.
 */
export default definePlugin({
  api: 1,
  kind: 'log',
  name: 'kafka',
  options: kafkaOptions,
  async open(options, { configFolder, logger }) {
    const tls = options.tls && (await readTlsFiles(options.tls, configFolder, 'log.with.tls'));
    await using stack = new AsyncDisposableStack();
    const clients = stack.use(await KafkaClients.create(options, tls));
    const id = await openTopic(clients, logger);
    stack.move();
    const { messageBytes } = options;
    return new KafkaLog({ partition: new KafkaPartition(clients, id), id, messageBytes, logger });
  },
});
