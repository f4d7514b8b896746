import { afterAll, beforeAll, describe } from 'vitest';
import { logContract } from '../../../contract/log-contract.ts';
import { KafkaBroker, missingKafka } from '../../../servers/kafka.ts';
import { mayRunWith } from '../../../servers/required-server.ts';
import { createKafkaTopic } from './topic-fixture.ts';

const runs = mayRunWith('Kafka', missingKafka());

describe.runIf(runs)('on a real broker', () => {
  let broker: KafkaBroker;
  beforeAll(async () => {
    broker = await KafkaBroker.start();
  }, 120_000);
  afterAll(() => broker?.[Symbol.asyncDispose]());

  logContract('the Kafka log', async () => createKafkaTopic(broker));
  logContract('the Kafka log with small messages', async () => createKafkaTopic(broker, { messageBytes: 65_536 }));
});
