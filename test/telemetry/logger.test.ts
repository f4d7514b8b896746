import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Runs a few lines that have `createLogger`; resolves to what they log. */
function logged(code: string): Record<string, unknown>[] {
  const module = join(import.meta.dirname, '../../telemetry/logger.ts');
  const program = `import { createLogger } from ${JSON.stringify(module)};\n${code}`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('a line is JSON with time, level, the fields of the process and those of the call', () => {
  const lines = logged(`
    const logger = createLogger('info', { nodeId: 'node-1' });
    logger.debug({}, 'too quiet');
    logger.child({ requestId: 'r1', traceId: 't1' }).warn({ segments: 3 }, 'slow search');
  `);
  expect(lines).toEqual([
    {
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      nodeId: 'node-1',
      requestId: 'r1',
      traceId: 't1',
      segments: 3,
      msg: 'slow search',
    },
  ]);
});

test('secrets do not reach the log', () => {
  const [line] = logged(`
    const secret = 'hunter2';
    createLogger('info', {}).info({ password: secret, with: { password: secret, token: secret }, headers: { authorization: secret } }, 'x');
  `);
  expect(JSON.stringify(line)).not.toContain('hunter2');
});

test('an error keeps its message, stack and cause', () => {
  const [line] = logged(`
    createLogger('info', {}).error({ err: new Error('outer', { cause: new Error('inner') }) }, 'failed');
  `);
  expect(line).toMatchObject({
    err: { message: expect.stringContaining('outer'), stack: expect.stringContaining('inner') },
  });
});
