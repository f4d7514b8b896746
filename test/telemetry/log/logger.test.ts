import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Runs a few lines that have `logger`; resolves to what they log. */
function logged(code: string): Record<string, unknown>[] {
  const folder = join(import.meta.dirname, '../../../telemetry/log');
  const program = `
    import { createLogger, logLevelPage } from ${JSON.stringify(join(folder, 'logger.ts'))};
    import { inCall } from ${JSON.stringify(join(folder, 'call-scope.ts'))};
    const logger = createLogger('info', { serviceName: 'braid-all', nodeId: 'node-1', roles: ['router', 'writer'] });
    ${code}`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('a line is JSON in the fields of ECS, with the process and the call that is under way', () => {
  const lines = logged(`
    logger.debug({}, 'too quiet');
    const later = () => new Promise((resolve) => setTimeout(() => { logger.warn({ segments: 3 }, 'slow'); resolve(); }, 1));
    await inCall({ requestId: 'r1', traceId: 't1', spanId: 's1' }, later);
    logger.info('a word');
  `);
  const source = {
    'ecs.version': expect.stringMatching(/^8\./),
    'service.name': 'braid-all',
    'service.type': 'braid',
    'service.node.name': 'node-1',
    'service.node.roles': ['router', 'writer'],
    '@timestamp': expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
  };
  expect(lines).toEqual([
    {
      ...source,
      'log.level': 'warn',
      'http.request.id': 'r1',
      'trace.id': 't1',
      'span.id': 's1',
      braid: { segments: 3 },
      message: 'slow',
    },
    { ...source, 'log.level': 'info', message: 'a word' },
  ]);
});

test('secrets, vectors, bytes and long lists do not reach the log, wherever they stand', () => {
  const [line] = logged(`
    const secret = 'hunter2';
    logger.info({
      password: secret,
      with: { apiKey: secret, deep: { accessToken: secret } },
      headers: { authorization: secret },
      uri: 'mysql://braid:hunter2@db:3306/braid',
      reason: 'got Bearer hunter2hunter2 of nobody',
      err: new Error('no connection to redis://:hunter2@cache:6379'),
      vector: new Float32Array([0.125, 0.25]),
      list: Array.from({ length: 16 }, () => 0.125),
      names: Array.from({ length: 40 }, () => 'Ada'),
    }, 'x');
  `);
  const text = JSON.stringify(line);
  for (const held of ['hunter2', '0.125', 'Ada']) expect(text).not.toContain(held);
  expect(line).toMatchObject({ braid: { uri: 'mysql://braid:****@db:3306/braid', list: '[list of 16]' } });
});

test('an error has type, message, code and a stack with its causes', () => {
  const [line, texted] = logged(`
    const error = Object.assign(new TypeError('outer', { cause: new Error('inner') }), { code: 'EPIPE' });
    logger.error({ err: error }, 'failed');
    logger.error({ error: 'only a text' }, 'failed');
  `);
  expect(line).toMatchObject({
    'error.type': 'TypeError',
    'error.message': 'outer',
    'error.code': 'EPIPE',
    'error.stack_trace': expect.stringMatching(/outer[\s\S]*caused by: Error: inner/),
  });
  expect(texted).toMatchObject({ 'error.message': 'only a text' });
});

test('the level is changed at run time, in both forms that Milvus takes', () => {
  const lines = logged(`
    logger.debug('no');
    logger.info(logLevelPage(logger, '{"level":"DEBUG"}'), 'set');
    logger.debug('yes');
    logLevelPage(logger, 'level=error');
    logger.info('no');
    try { logLevelPage(logger, '{"level":"loud"}'); } catch (err) { logger.error({ err }, 'refused'); }
  `);
  expect(lines.map((line) => line['message'])).toEqual(['set', 'yes', 'refused']);
  expect(lines[2]).toMatchObject({ 'error.message': expect.stringContaining('"loud"'), 'error.code': '1100' });
});
