import type { Config } from '../../config/config.ts';
import { toBraidError } from '../../core/errors.ts';
import { openPlugin } from '../../plugins/open-plugin.ts';
import type { PluginHost } from '../../plugins/plugin.ts';
import { type Check, type Finding, fail, ok, warn } from './finding.ts';

/** A log in Kafka: the brokers, the topic and its settings. A log in files is looked at with the machine. */
export const logChecks: readonly Check[] = [{ name: 'log', run: checkKafka }];

const WHAT_TO_DO = 'see "log: kafka" in docs/configuration.md';

async function checkKafka(config: Config, host: PluginHost): Promise<readonly Finding[]> {
  const { use, with: options } = config.log;
  if (use !== 'kafka' || !config.roles.includes('writer')) return [];
  const warnings: Finding[] = [];
  const warned = (_fields: object, message: string): void => void warnings.push(warn(message, WHAT_TO_DO));
  const start = performance.now();
  try {
    // The doctor makes no topic.
    const choice = { use, with: { ...options, createTopic: false } };
    await using log = await openPlugin('log', choice, { ...host, logger: { ...host.logger, warn: warned } });
    return [ok(`the topic, ${log.id}, was reached in ${(performance.now() - start).toFixed(0)} ms`), ...warnings];
  } catch (thrown) {
    const { message } = toBraidError(thrown);
    const isMadeLater = options['createTopic'] !== false && message.includes('there is no topic');
    if (isMadeLater) return [ok('the brokers answer; the topic is made when a writer starts')];
    return [fail(message, WHAT_TO_DO)];
  }
}
