import type { Admin, ClusterTopicMetadata, Consumer, Producer } from '@platformatic/kafka';
import type { TlsFiles } from '../../tls-files.ts';
import { explainKafkaError } from './explain-error.ts';
import type { KafkaOptions } from './kafka-options.ts';

/** The three faces of the client, each with its connections, and what they share. */
export class KafkaClients implements AsyncDisposable {
  readonly options: KafkaOptions;
  readonly producer: Producer;
  readonly consumer: Consumer;
  readonly admin: Admin;

  private constructor(options: KafkaOptions, producer: Producer, consumer: Consumer, admin: Admin) {
    this.options = options;
    this.producer = producer;
    this.consumer = consumer;
    this.admin = admin;
  }

  /** Connects when first used. */
  static async create(options: KafkaOptions, tls: TlsFiles | undefined): Promise<KafkaClients> {
    const { Admin, Consumer, Producer } = await import('@platformatic/kafka');
    const { brokers, username, password = '', saslMechanism: mechanism, requestTimeoutMs } = options;
    const shared = {
      clientId: 'braid',
      bootstrapBrokers: [...brokers],
      // What failed is tried again by those who know whether that is safe.
      retries: 0,
      timeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectTimeout: requestTimeoutMs,
      autocreateTopics: false,
      ...(tls && { tls }),
      ...(username !== undefined && { sasl: { mechanism, username, password } }),
    };
    // The consumer joins no group: it fetches what it is told to.
    return new KafkaClients(
      options,
      new Producer(shared),
      new Consumer({ ...shared, groupId: 'braid-log' }),
      new Admin(shared),
    );
  }

  /** For messages. */
  get name(): string {
    return `topic "${this.options.topic}" of Kafka at ${this.options.brokers.join(', ')}`;
  }

  /** What is known of the topic and its leaders, at most some seconds old. */
  async topic(): Promise<ClusterTopicMetadata | undefined> {
    const { topic } = this.options;
    return (await this.consumer.metadata({ topics: [topic] })).topics.get(topic);
  }

  /** Errors of the client become errors of the house; who leads is asked anew after each. */
  async run<Result>(call: () => Promise<Result>): Promise<Result> {
    try {
      return await call();
    } catch (error) {
      for (const client of [this.producer, this.consumer, this.admin]) client.clearMetadata();
      const { brokers, topic, username, tls } = this.options;
      const context = { brokers, topic, username, hasTls: tls !== undefined };
      throw explainKafkaError(error, context);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([this.producer.close(), this.consumer.close(true), this.admin.close()]);
  }
}
