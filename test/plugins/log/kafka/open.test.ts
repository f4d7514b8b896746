import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WriteAheadLog } from '../../../../plugins/log/log.ts';
import { readAll } from '../../../contract/log-contract.ts';
import { KafkaBroker, missingKafka } from '../../../servers/kafka.ts';
import { mayRunWith } from '../../../servers/required-server.ts';
import { openBuiltin } from '../../test-host.ts';

const runs = mayRunWith('Kafka', missingKafka());
const USER = 'braid';
const PASSWORD = 'p-secret-of-the-log';

describe.runIf(runs)('opening a log in Kafka', () => {
  let broker: KafkaBroker;

  /** On the listener without passwords. */
  const open = (options: Record<string, unknown>): Promise<WriteAheadLog> =>
    openBuiltin('log', 'kafka', { brokers: [broker.innerAddress], replicationFactor: 1, ...options });
  /** On the one that wants them. */
  const openAs = (options: Record<string, unknown>): Promise<WriteAheadLog> =>
    openBuiltin('log', 'kafka', { brokers: [broker.address], replicationFactor: 1, topic: 'with-user', ...options });
  const makeTopic = async (topic: string, settings: Record<string, string>, partitions = 1): Promise<void> => {
    const admin = broker.admin();
    const configs = Object.entries(settings).map(([name, value]) => ({ name, value }));
    await admin.createTopics({ topics: [topic], partitions, replicas: 1, configs });
    await admin.close();
  };
  const refusal = async (opening: Promise<WriteAheadLog>): Promise<string> => {
    const message = await opening.then(
      () => 'opened',
      (error) => (error as Error).message,
    );
    expect(message).not.toContain('\n');
    expect(message).not.toContain(PASSWORD);
    return message;
  };

  beforeAll(async () => {
    const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
    broker = await KafkaBroker.start({
      protocol: 'SASL_PLAINTEXT',
      users: { [USER]: PASSWORD },
      properties: {
        'listener.name.client.sasl.enabled.mechanisms': 'SCRAM-SHA-512',
        'listener.name.client.scram-sha-512.sasl.jaas.config': scram,
      },
    });
  }, 120_000);
  afterAll(() => broker?.[Symbol.asyncDispose]());

  test('a user with the right password writes and reads', async () => {
    await using log = await openAs({ username: USER, password: PASSWORD });
    await log.begin(1);
    await log.append(Buffer.from('a'));
    expect(await readAll(log)).toEqual(['1:1 a']);
  });

  test.for([
    [{ username: USER, password: 'wrong' }, /the brokers refuse the password of user "braid": check log.with.username/],
    [
      { username: USER, password: PASSWORD, saslMechanism: 'PLAIN' },
      /do not take log.with.saslMechanism: set one that/,
    ],
    [{}, /does not answer: .*\(a listener for TLS or SASL needs log.with.tls or log.with.username\)/],
    [
      { tls: {}, username: USER, password: PASSWORD },
      /does not speak TLS on that port: name the TLS port, or leave out/,
    ],
  ] as const)('authentication with %j is refused', async ([options, message]) => {
    expect(await refusal(openAs({ requestTimeoutMs: 3_000, ...options }))).toMatch(message);
  });

  test('nobody there', async () => {
    const brokers = ['127.0.0.1:1', '127.0.0.1:2'];
    expect(await refusal(open({ brokers }))).toMatch(
      /Kafka at 127.0.0.1:1, 127.0.0.1:2 does not answer: .*ECONNREFUSED/,
    );
  });

  test('a topic that is missing is made with what a log needs; or the command to make it is named', async () => {
    expect(await refusal(open({ topic: 'absent', createTopic: false }))).toMatch(
      /there is no topic "absent": set log.with.createTopic, or run: kafka-topics.sh .*--topic absent --partitions 1 .*retention.ms=-1/,
    );
    await (await open({ topic: 'made' }))[Symbol.asyncDispose]();
    await (await open({ topic: 'made', createTopic: false }))[Symbol.asyncDispose]();
    expect(await refusal(open({ topic: 'copied', replicationFactor: 3 }))).toMatch(
      /topic "copied" cannot be made: there are fewer brokers than log.with.replicationFactor asks for/,
    );
  });

  test.for([
    ['parts', {}, 3, /topic "parts" has 3 partitions, a log needs exactly 1: name another topic/],
    [
      'week',
      {},
      1,
      /"week" has retention.ms=604800000, after which acknowledged rows are deleted; run: kafka-configs.sh/,
    ],
    ['compacted', { 'cleanup.policy': 'compact' }, 1, /"compacted" has cleanup.policy=compact, which loses records/],
    [
      'narrow',
      { 'retention.ms': '-1', 'max.message.bytes': '100000' },
      1,
      /"narrow" takes messages of 100000 bytes \(max.message.bytes\), the log writes 1024000 \(log.with.messageBytes\)/,
    ],
  ] as const)('a topic that is no place for a log: %s', async ([topic, settings, partitions, message]) => {
    await makeTopic(topic, settings, partitions);
    expect(await refusal(open({ topic }))).toMatch(message);
  });
});
